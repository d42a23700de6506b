//! Detects the format of a third-party hash.

use super::{bcrypt, crypt, digest, md5_crypt, pbkdf2, phpass, scrypt, wordpress};

/// Maximum length of a text. No supported format exceeds it within its limits.
const LONGEST: usize = 1024;

/// Third-party password hash.
#[derive(Clone)]
pub(in crate::password) enum Foreign {
    Bcrypt(bcrypt::Hash),
    Crypt(crypt::Hash),
    Digest(digest::Hash),
    Md5Crypt(md5_crypt::Hash),
    Pbkdf2(pbkdf2::Hash),
    Phpass(phpass::Hash),
    Scrypt(scrypt::Hash),
    Wordpress(wordpress::Hash),
}

impl Foreign {
    /// Parses a hash. Returns `None` for an unknown format and beyond the format's limits.
    pub(in crate::password) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        bcrypt::Hash::parse(text)
            .map(Self::Bcrypt)
            .or_else(|| crypt::Hash::parse(text).map(Self::Crypt))
            .or_else(|| md5_crypt::Hash::parse(text).map(Self::Md5Crypt))
            .or_else(|| phpass::Hash::parse(text).map(Self::Phpass))
            .or_else(|| scrypt::Hash::parse(text).map(Self::Scrypt))
            .or_else(|| wordpress::Hash::parse(text).map(Self::Wordpress))
            .or_else(|| pbkdf2::Hash::parse(text).map(Self::Pbkdf2))
            .or_else(|| digest::Hash::parse(text).map(Self::Digest))
    }

    /// Returns whether this is the hash of `password`.
    pub(in crate::password) fn is_of(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(hash) => hash.is_of(password),
            Self::Crypt(hash) => hash.is_of(password),
            Self::Digest(hash) => hash.is_of(password),
            Self::Md5Crypt(hash) => hash.is_of(password),
            Self::Pbkdf2(hash) => hash.is_of(password),
            Self::Phpass(hash) => hash.is_of(password),
            Self::Scrypt(hash) => hash.is_of(password),
            Self::Wordpress(hash) => hash.is_of(password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Foreign;

    fn is_of(text: &str, password: &str) -> bool {
        Foreign::parse(text).unwrap_or_else(|| panic!("{text}")).is_of(password.as_bytes())
    }

    /// Made with passlib 1.7.4, bcrypt 4.0.1, Django 5.2.19 and Python's hashlib.
    const CORRECT_HORSE: [&str; 23] = [
        "$2b$05$R435ghnGzC3Iy1OuAT8TbOL0Dy6iR6TnHkxuwps.WyO3oxeCKdjei",
        "$2a$05$PB3CFzFoxt2B87J.98JEdu5im/TinMO7RJCvmlRUY3e7aI6qmsZDe",
        "$2y$05$cJUVjci53Mn63HkNot6TmOjED4b4yp8KIFjlbi5B32UpAAJwrNaoW",
        "$scrypt$ln=8,r=8,p=1$s3YOwbh3DiFkzJnT+h8jpA$9qR4zCrMIs9v7hZlJKwcjOQpie5mr2AM7vyZuob5c/k",
        "$pbkdf2$1000$9H4P4RyjlPI.x1gLoXROSQ$hNkzHMEOW83fFDoSHwO/QLXEpH4",
        "$pbkdf2-sha256$1000$jTFmDEFozdm7V0qJMSZE6A$PISt9sDLrqcb0b0cPfL/dm3m9TKZD4SHauju8nKPETU",
        "$pbkdf2-sha512$1000$UApBaC2F0PofI6S0du79fw$LzeMzqYaliVBzolXLHF.FzB4Ot2W9y5Y7sz/x52dF6dFje0WSPAgIqL.CUTwjcRGCNyXSkAhwE7r8rwpH4cS2Q",
        "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=",
        "pbkdf2_sha1$1000$seasalt$iQvkNOF1wEL4Khh8eogJ8rUhipM=",
        "$5$rounds=1000$MpKswpKwQmpbK8xU$h94vhTPoxF96MOcdO6.ckSrNpT/kDXN4GkwVnTxOqzB",
        "$5$BTPsNb8dHoF5k0XE$oTtwInh3lbeAiUKN6IaLnYrIeydNiKafKPR5sHM/jF.",
        "$6$rounds=1000$.U6xR/znh5m5I5K0$6kttU0WCJliU5t/yn8y2djQGiySsi2LCQ4BFXBFQEYSbdapsJq8vk.ZAWXZMdf4H41yUz79j3yy./M5kMJ2JS0",
        "$6$yyLCptAR6yNTdCrO$cqT4jmV87jtJjhUY//z2LdOSzTKnoZXJFwY.7yJ5lgMbbZnnXb4avXcEruGfiedHPXupBxOAo9VVuNK8dGXJP.",
        "$1$zuiPxUUw$8TyoWj10exaTW7z5qLToy0",
        "$P$6AhNoKq0pkUjCS0Q4Wkp4UDq81bAiZ1",
        "$H$6.NbDAgrDs9d0B320YK8gLS5zTtWOl.",
        "{SSHA}H06GQPUgGpbsAgLWbTzQCjlfKGNOCQGg",
        "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
        "{SSHA256}EJ2hPdYEdR/ssX1xTHlswMo7IdtNdw96Nd6ztl1QKxU/B+BcqzXGmA==",
        "{SSHA512}wNj+444xFv8y4sHOEaR+jXJvAh8z9RbnLixEpzHCpu3YGU0Yk97cPESIqgZhYpp+C9T95+mxvo0pSG+pYu25HylFiHFOiRHi",
        "$hex-md5$prefix$salt$de8498eb12b0309737310c8971cfc7a2",
        "$hex-sha1$suffix$salt$2e12ab90cf45cbece5b2d8dd0fb2afdace90be10",
        "$hex-sha256$prefix$salt$8cb258c07eb871943b4ad0e754a502b5fc3a389d75fefc91b4e010778ecca018",
    ];

    /// Hashes of "pässwörd €", made with the software named above.
    const BEYOND_ASCII: [&str; 15] = [
        "$2b$05$bURiKRC4VFbnO0/f0bqWVOgyjUaReGZx4Skay714CaecdDbTCC6y6",
        "$2y$05$TM6URQd5rwJ5JkQDw1vaB.336YVTS././xvINajPIqAzyd.N0GCxa",
        "$scrypt$ln=8,r=8,p=1$Zuydc855T4nxnrPWem/tXQ$bKCwUC8Ez5sUS1nAgTBD708eaG4oe8k0byy77C0ZVKs",
        "$pbkdf2-sha256$1000$.h.DMOY8B.D8H0PI2fufsw$wuwoU97kRpvf2KyA26OGvO8iS1Yh14yk4o6/rT1iX8s",
        "pbkdf2_sha256$1000$seasalt$kijqvHHMF+k8kM3l/G74KpupTwRO8wUwqf8bKSNC7k4=",
        "$5$rounds=1000$/EuN6.kDqT4Zxc7l$Sf00FNgLLmQHh/Uu1wPyXd/EmbDRMCC8MVn944rxtc6",
        "$6$rounds=1000$5B2OWHTHVqoO.mYa$Sh6mCycFZ8.tK83YGSzU9zK8uvbDj930OQrQ0hfWeeDMXEuV9lz9tx2jO2IbtcES54PVbF0Muu9vSY/0a8ztN1",
        "$1$Qs9qyB6x$61YKmlZYTr.wMLFeYxs3c1",
        "$P$6s/KcW4N79fEG8bb93nBbhi.QeJeNS/",
        "{SSHA}3n4/mmxB+27ko4r2Dhvz4RnXgjugNGbM",
        "{SSHA256}6wY0SQvpQQVF/ifWxIG/1cC4K1cfnfkUhb5S7IN0NQwwBuDc+9+bkw==",
        "{SSHA512}0fXNj618RMdvzqS6s9k1Rn9V5/a0K8fnwy1SFz4IQJ5s9S8q/2sW8Wt5nU+51/5bnTPq7XWS1+76nqgCWkXbgFqLUaq1FmJM",
        "$hex-md5$prefix$salt$e41e53f111859b8a87bd8f2751b57375",
        "$hex-sha1$suffix$salt$d21f03238f395f02686f51d46e08e326ea17e291",
        "$hex-sha256$prefix$salt$500561a34076f8e65aaef2983d9367acb2475e23c18da149a3c8ea488fc82206",
    ];

    #[test]
    fn each_format_is_verified_as_its_software_made_it() {
        for text in CORRECT_HORSE {
            assert!(is_of(text, "correct horse"), "{text}");
            for wrong in ["correct hors", "Correct horse", "correct horse ", ""] {
                assert!(!is_of(text, wrong), "{text} is not of {wrong:?}");
            }
        }
        for text in BEYOND_ASCII {
            assert!(is_of(text, "pässwörd €"), "{text}");
            assert!(!is_of(text, "passwort"), "{text}");
        }
    }

    /// From the tests of ASP.NET Core Identity: version 2; then version 3, with SHA-1 and SHA-512.
    #[test]
    fn aspnet_identity() {
        for text in [
            "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==",
            "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M",
            "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw",
            "AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==",
        ] {
            assert!(is_of(text, "my password"), "{text}");
            assert!(!is_of(text, "my passwort"), "{text}");
        }
    }

    /// Version 2, made with Python: `base64(b"\0" + salt + hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 32))`.
    #[test]
    fn aspnet_identity_2() {
        let text = "AEEE02+NosJUNJ+Fg2eT6+Ay+5mUavcssWiTSu2BQeiRLBOn48+cCSqGMhD0KOv0FA==";
        assert!(is_of(text, "correct horse") && !is_of(text, "correct hors"));
        let text = "AOjmjKUvfBvprM0oqeRkt2xAcdeApx5BHGZqxPpBinl7XpDSjREtFW3fPuAjI9T5PQ==";
        assert!(is_of(text, "pässwörd €") && !is_of(text, "passwort"));
    }

    /// Made with PHP 8.2 as in WordPress 6.8's `wp_hash_password`: `"$wp" .
    /// password_hash(base64_encode(hash_hmac("sha384", trim($password), "wp-sha384", true)), PASSWORD_BCRYPT, ["cost"
    /// => 5])`.
    #[test]
    fn wordpress() {
        for (text, password) in [
            ("$wp$2y$05$omXWoC0Xet3Ur/p2awY20e0Zid2PJ4sT7JHlJI4O9SmhTnutKeZ9W", "correct horse"),
            ("$wp$2y$05$I9KTnjw5WDpfG.Td4sqkO.09QxI7L1gSYpdxsYoL93Pl2fyt6uqCS", "pässwörd €"),
            ("$wp$2y$05$ZKick6v6k7eKVmtv6ecfO.zQbV.gPmFR7xsi2YulEWpg6R6dpVmyO", "  spaced \n"),
            ("$wp$2y$05$aiA7F5JtcDmofumQrag1/e653fjSyBcu7okaamyjsm0rlvz6ocDL6", &"x".repeat(100)),
        ] {
            assert!(is_of(text, password) && is_of(text, password.trim()), "{text}");
            for wrong in ["correct hors", "", &"x".repeat(99)] {
                assert!(!is_of(text, wrong), "{text} is not of {wrong:?}");
            }
        }
    }

    /// From the README of Firebase's scrypt.
    #[test]
    fn firebase() {
        let text = "$firebase-scrypt$ln=14,r=8$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$Bw==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
        assert!(is_of(text, "user1password"));
        assert!(!is_of(text, "user2password"));
    }

    /// Like the original bcrypt, ignores everything after 72 bytes.
    #[test]
    fn bcrypt_reads_72_bytes() {
        let text = "$2b$04$zl3bqFXrGkgP8RGZUGTqx.ZTDUeSQMcuxQadHNh/FfCDy3Dvd8zJe";
        assert!(is_of(text, &"x".repeat(72)) && is_of(text, &"x".repeat(80)));
        assert!(!is_of(text, &"x".repeat(71)));
    }

    #[test]
    fn nothing_else_is_a_hash() {
        for text in [
            "",
            "password",
            "$2b$05$tooshort",
            "$2x$05$R435ghnGzC3Iy1OuAT8TbOL0Dy6iR6TnHkxuwps.WyO3oxeCKdjei",
            "$2b$31$R435ghnGzC3Iy1OuAT8TbOL0Dy6iR6TnHkxuwps.WyO3oxeCKdjei",
            "$scrypt$ln=30,r=8,p=1$s3YOwbh3DiFkzJnT+h8jpA$9qR4zCrMIs9v7hZlJKwcjOQpie5mr2AM7vyZuob5c/k",
            "$pbkdf2-sha256$100000000$jTFmDEFozdm7V0qJMSZE6A$PISt9sDLrqcb0b0cPfL/dm3m9TKZD4SHauju8nKPETU",
            "$pbkdf2-sha256$0$jTFmDEFozdm7V0qJMSZE6A$PISt9sDLrqcb0b0cPfL/dm3m9TKZD4SHauju8nKPETU",
            "pbkdf2_md5$1000$seasalt$iQvkNOF1wEL4Khh8eogJ8rUhipM=",
            "$5$rounds=999999999$MpKswpKwQmpbK8xU$h94vhTPoxF96MOcdO6.ckSrNpT/kDXN4GkwVnTxOqzB",
            "$P$ZAhNoKq0pkUjCS0Q4Wkp4UDq81bAiZ1",
            "{SSHA}AAAA",
            "{MD5}L55TUjtiq8FBorTWAZ0jyw==",
            "$hex-md5$middle$salt$de8498eb12b0309737310c8971cfc7a2",
            "$hex-md5$prefix$salt$de8498",
            "AQAAAAEAAAAA",
            "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1u",
            "$wp$2b$05$omXWoC0Xet3Ur/p2awY20e0Zid2PJ4sT7JHlJI4O9SmhTnutKeZ9W",
            "$wp$2y$31$omXWoC0Xet3Ur/p2awY20e0Zid2PJ4sT7JHlJI4O9SmhTnutKeZ9W",
            "$wp$P$6AhNoKq0pkUjCS0Q4Wkp4UDq81bAiZ1",
            "$1$zuiPxUUw$8TyoWj10exaTW7z5qLTo",
            "plain:\u{0}",
        ] {
            assert!(Foreign::parse(text).is_none(), "{text}");
        }
        assert!(Foreign::parse(&"$2b$".repeat(400)).is_none());
    }
}
