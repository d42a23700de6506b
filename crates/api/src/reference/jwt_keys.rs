//! JWT keys, told.

use gantry_core::actor::Access;
use gantry_core::jwt_keys::OFFER;
use gantry_core::realms::JwtAlgo;
use gantry_core::words::Word;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "jwt_key",
        title: "JWT keys",
        about: "What login tokens are signed with. One signs; replaced ones verify until their sessions have ended.",
        fields: vec![
            field("id", Kind::Id("jky"), "Made by the server; the kid of the tokens that it signs"),
            field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
            field(
                "algo",
                Kind::Word(JwtAlgo::TEXTS),
                "The one algorithm that it is for; the realm's if it is left out",
            )
            .at_first(),
            field("use", Kind::Word(&["sign"]), "What it is for").at_first(),
            field(
                "key",
                Kind::Text(10_000),
                "hs256: the secret; rs256: the public key as PEM, on create the private one",
            )
            .at_first(),
            field("expired", Kind::Flag, "Whether it was replaced"),
        ],
        calls: vec![
            Call::list("/v1/jwt_keys", Access::AdminRealm, "Lists the keys that sign or still verify", &OFFER),
            Call::show("/v1/jwt_keys/{id}", Access::AdminRealm, "Reads one key"),
            Call::create("/v1/jwt_keys", Access::AdminRealm, "Makes a key that signs from now on"),
            Call::delete("/v1/jwt_keys/{id}", Access::AdminRealm, "Replaces the signing key; ends one replaced before"),
        ],
    }
}
