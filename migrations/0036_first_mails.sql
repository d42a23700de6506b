-- The first mails in better English, where they are as they were: so they go on being said in the reader's language.
UPDATE app_hooks SET email_template = REPLACE(email_template, 'ignore this mail', 'ignore this email')
WHERE email_template IN (
    'Hello{% if first_name %} {{first_name}}{% endif %},

Somebody asked to set a new password for **{{username}}** at {{app_name}}. If it was you, continue here:

[Set a new password]({{url}})

The link works once, within one day. If it was not you, ignore this mail: your password stays as it is.
',
    'Hello{% if first_name %} {{first_name}}{% endif %},

Please confirm that **{{email}}** is your email address at {{app_name}}.

[Confirm email address]({{url}})

The link works once, within seven days. If you have no account at {{app_name}}, ignore this mail.
'
);
