//! Reference of JWT keys.

use gantry_core::actor::Access;
use gantry_core::jwt_keys::OFFER;
use gantry_core::realms::JwtAlgo;
use gantry_core::words::Word;

use super::shape::{Call, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "jwt_key",
        title: "JWT keys",
        about: "What login tokens are signed with. One signs; replaced ones verify until their sessions have ended. Public \
                keys stand at /.well-known/jwks.json of LoginRocket hosts, the next one a day before it signs.",
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
            field("signs_from", Kind::Time, "When it begins to sign; until then it is only listed"),
        ],
        calls: vec![
            Call::list("/v1/jwt_keys", Access::AdminRealm, "Lists the keys that sign or still verify", &OFFER),
            Call::show("/v1/jwt_keys/{id}", Access::AdminRealm, "Reads one key"),
            Call::create(
                "/v1/jwt_keys",
                Access::AdminRealm,
                "Makes a key that signs from now on; after rs256, another rs256 key signs a day later",
            ),
            Call::new(
                "POST",
                "/v1/jwt_keys/{id}/rotate",
                Access::AdminRealm,
                "Makes the next key of the same algorithm; rs256: it is listed for a day before it signs",
            ),
            Call::delete(
                "/v1/jwt_keys/{id}",
                Access::AdminRealm,
                "Ends a key and every token that it signed at once; another signs in place of the one that signed",
            ),
        ],
    }
}
