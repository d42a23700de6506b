# Die Wörter der Seiten, auf Deutsch.

## Überall

title-error = Fehler: { $title }
back-to-login = Zurück zur Anmeldung
continue = Weiter
optional = (freiwillig)
show = Zeigen
hide = Verbergen
show-field = { $field } zeigen
hide-field = { $field } verbergen
caps-lock = Die Feststelltaste ist an.
check-entries = Bitte prüfen Sie Ihre Angaben
language-name = Deutsch
languages = Sprache
and-also = ,{" "}

## Felder

name-order = given first
field-account = Konto
field-code = Code
field-current-password = Bisheriges Passwort
field-email = E-Mail
field-first-name = Vorname
field-last-name = Nachname
field-new-password = Neues Passwort
field-organization = Organisation
field-password = Passwort
field-repeat-new-password = Neues Passwort wiederholen
field-repeat-password = Passwort wiederholen
field-username = Benutzername

## Was an einem Feld nicht stimmt

problem-blank = Bitte ausfüllen: { $field }
problem-challenge = Wir konnten nicht sicherstellen, dass Sie kein Roboter sind. Bitte versuchen Sie es noch einmal.
problem-characters = { $field } enthält Zeichen, die nicht erlaubt sind
problem-current-password = Das bisherige Passwort stimmt nicht
problem-email = Das ist keine gültige E-Mail-Adresse
problem-email-mismatch = Die beiden E-Mail-Adressen sind nicht gleich
problem-password-mismatch = Die beiden Passwörter sind nicht gleich
problem-password-common = Das Passwort ist zu verbreitet oder zu leicht zu erraten
problem-password-long = Das Passwort ist zu lang (höchstens 256 Zeichen)
problem-password-needs-digit = Das Passwort braucht eine Ziffer
problem-password-needs-lower = Das Passwort braucht einen Kleinbuchstaben
problem-password-needs-special = Das Passwort braucht ein Sonderzeichen
problem-password-needs-upper = Das Passwort braucht einen Großbuchstaben
problem-password-short = Das Passwort ist zu kurz (mindestens { $least } Zeichen)
problem-password-weak = Das Passwort ist zu schwach; bitte machen Sie es länger oder weniger vorhersehbar
problem-taken = { $field } ist schon vergeben
problem-too-long = { $field } ist zu lang
problem-username = Ein Benutzername kann Buchstaben, Ziffern und Satzzeichen wie . _ - + @ enthalten, aber keine Leerzeichen und keines der Zeichen / \ ? # %
problem-username-reserved = Dieser Benutzername ist reserviert, bitte wählen Sie einen anderen

## Passwörter

password-hint = Mindestens { $least } Zeichen.
password-hint-also = Außerdem nötig: { $kinds }.
password-kind-digit = eine Ziffer
password-kind-lower = ein Kleinbuchstabe
password-kind-special = ein Sonderzeichen
password-kind-upper = ein Großbuchstabe
password-strength-0 = Stärke: sehr leicht zu erraten
password-strength-1 = Stärke: leicht zu erraten
password-strength-2 = Stärke: könnte besser sein
password-strength-3 = Stärke: gut
password-strength-4 = Stärke: sehr gut

## Anmelden

login-title = Anmelden
login-account = Mit Ihrem Konto bei { $realm }.
login-button = Anmelden
login-busy = Anmeldung läuft …
login-forgot = Passwort vergessen?
login-new = Neu bei { $app }?
login-signup = Registrieren
login-refused = Benutzername und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.
login-refused-email = E-Mail und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.
login-refused-either = Benutzername oder E-Mail und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.
login-email-confirmed = Ihre E-Mail-Adresse ist bestätigt. Bitte melden Sie sich an.
login-password-changed = Ihr Passwort ist geändert. Bitte melden Sie sich mit dem neuen an.

## Der zweite Schritt einer Anmeldung

code-title = Code eingeben
code-lead = Öffnen Sie Ihre Authenticator-App, und geben Sie die sechs Ziffern ein, die sie für { $realm } zeigt.
code-busy = Wird geprüft …
code-refused = Dieser Code stimmt nicht, oder er kam zu spät. Bitte versuchen Sie den nächsten, oder gehen Sie zurück und melden Sie sich neu an.
code-old = Dieser Code galt vor etwa { $minutes } min. Bitte versuchen Sie den nächsten, oder stellen Sie die Uhr Ihres Geräts.
code-lost = Gerät verloren?
code-recovery = Wiederherstellungscode
code-recovery-hint = Einer der zehn, die Ihnen beim Einrichten des Geräts gezeigt wurden, etwa k3v9-x2mq-7t4d. Jeder gilt einmal.
code-recovery-button = Damit anmelden
code-recovery-refused = Dieser Wiederherstellungscode stimmt nicht oder wurde schon benutzt. Bitte versuchen Sie einen anderen, oder gehen Sie zurück und melden Sie sich noch einmal an.

## Registrieren

signup-title = Registrieren
signup-account = Legen Sie Ihr Konto bei { $realm } an.
signup-button = Registrieren
signup-busy = Konto wird angelegt …
signup-have-account = Haben Sie schon ein Konto?
signup-login = Anmelden
signup-needs-script = Die Registrierung braucht hier JavaScript, das Roboter fernhält. Bitte schalten Sie es ein, und öffnen Sie diese Seite noch einmal.
signup-mailed-title = Fast fertig
signup-mailed = Wir haben eine E-Mail an { $address } geschickt. Bitte öffnen Sie den Link darin. Wenn nichts kommt, sehen Sie im Spam-Ordner nach.

## Vergessenes Passwort

forgot-title = Passwort vergessen?
forgot-lead = Wir schicken Ihnen eine E-Mail mit einem Link, über den Sie ein neues Passwort wählen.
forgot-name = Benutzername oder E-Mail
forgot-button = E-Mail schicken
forgot-busy = Wird geschickt …
forgot-sent-title = Sehen Sie in Ihrem Postfach nach
forgot-sent = Wenn es ein Konto mit diesem Namen oder dieser Adresse gibt, haben wir dem Besitzer eine E-Mail geschickt. Der Link darin gilt einen Tag. Wenn nichts kommt, sehen Sie im Spam-Ordner nach.

## Neues Passwort

reset-title = Neues Passwort wählen
reset-lead = Überall sonst, wo Sie angemeldet sind, müssen Sie sich neu anmelden.
reset-button = Neues Passwort speichern
reset-busy = Wird gespeichert …
reset-done-title = Ihr Passwort ist geändert
reset-done = Ab jetzt gilt das neue.
reset-unusable = Er wurde schon benutzt, ist zu alt, oder es gibt einen neueren. Ihr Passwort ist unverändert.
reset-again = Neuen Link schicken
link-unusable-title = Dieser Link gilt nicht mehr

## E-Mail-Adresse

verify-title = E-Mail-Adresse bestätigen
verify-lead = Ein Klick, und wir wissen, dass diese Adresse Ihnen gehört.
verify-busy = Wird bestätigt …
verify-done-title = Ihre E-Mail-Adresse ist bestätigt
verify-done = Vielen Dank.
verify-unusable = Er wurde schon benutzt, oder er ist zu alt.
verify-unusable-but = Er wurde schon benutzt, oder er ist zu alt. Bitte melden Sie sich an: Wenn Ihre Adresse noch zu bestätigen ist, können wir Ihnen eine neue E-Mail schicken.
verify-sent-again = Wir haben die E-Mail noch einmal geschickt. Bitte öffnen Sie den Link darin, und melden Sie sich dann an. Wenn nichts kommt, sehen Sie im Spam-Ordner nach.
verify-too-late = Bitte melden Sie sich neu an, und fordern Sie die E-Mail noch einmal an.
unproven-title = Bestätigen Sie zuerst Ihre E-Mail-Adresse
unproven-lead = Wir haben eine E-Mail an die Adresse Ihres Kontos geschickt. Bitte öffnen Sie den Link darin, und melden Sie sich dann an. Wenn Sie sie nicht finden, schicken wir sie noch einmal.
unproven-unsent = Ihre E-Mail-Adresse muss noch bestätigt werden. Wir können Ihnen dafür eine E-Mail schicken.
unproven-no-address = Ihr Konto hat noch keine E-Mail-Adresse, wir können also nichts schicken. Bitte wenden Sie sich an die Betreiber von { $app }.
unproven-button = E-Mail noch einmal schicken

## Anmelden über andere Seiten

social-or = oder
social-button = Weiter mit { $provider }
social-expired-title = Diese Anmeldung ist abgelaufen
social-expired = Sie hat zu lange gedauert, wurde schon benutzt oder in einem anderen Browser begonnen. Bitte beginnen Sie neu, und erlauben Sie Cookies für diese Seite.
social-given-up-title = Sie sind nicht angemeldet
social-given-up = Die andere Seite hat uns nicht mitgeteilt, wer Sie sind.
social-closed-title = Sie können sich nicht anmelden
social-closed = Ihr Konto hier ist geschlossen.
social-no-signup-title = Es gibt kein Konto
social-no-signup = Mit Ihrem Konto bei der anderen Seite ist hier kein Konto verbunden, und neue Konten können hier nicht angelegt werden.
social-not-confirmed-title = Diese Anmeldung hat nicht geklappt
social-not-confirmed = Die andere Seite hat nicht bestätigt, wer Sie sind. Bitte versuchen Sie es noch einmal.
social-unreachable-title = Die andere Seite antwortet nicht
social-unreachable = Bitte versuchen Sie es gleich noch einmal, oder melden Sie sich auf einem anderen Weg an.
social-signup-title = Nur noch eines
social-signup-lead = { $provider } hat uns mitgeteilt, wer Sie sind, aber nicht Ihre E-Mail-Adresse. Bitte ergänzen Sie sie, dann ist alles fertig.
link-title = Sie haben schon ein Konto
link-lead = Es gibt ein Konto mit der Adresse { $address }. Bitte geben Sie einmal dessen Passwort ein; danach können Sie sich auch mit { $provider } anmelden.
link-button = Anmelden und { $provider } verbinden
link-refused = Dieses Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.

## Abmelden

logout-title = Abmelden
logout-question = Abmelden?
logout-lead = Beim nächsten Mal müssen Sie sich wieder anmelden.
logout-button = Abmelden
logout-busy = Abmeldung läuft …
forget-title = Diesen Browser vergessen
forget-question = Diesen Browser vergessen?
forget-lead = Wir merken uns, dass Sie sich hier schon einmal angemeldet haben, damit Fremde, die Ihr Passwort raten, Sie nicht aussperren. Auf einem Computer, der nicht Ihnen gehört, möchten Sie das vielleicht nicht.
forget-button = Vergessen
forget-busy = Wird vergessen …
forget-done-title = Dieser Browser ist vergessen
forget-done = Niemand kann mehr erkennen, dass Sie sich hier schon einmal angemeldet haben.

## Was schiefgehen kann

failed-title = Das hat nicht geklappt
failed-again = Bitte gehen Sie zurück, und versuchen Sie es noch einmal.
failed-unreadable = Das Formular war nicht lesbar. Bitte gehen Sie zurück, und versuchen Sie es noch einmal.
failed-method = Diese Adresse nimmt solche Anfragen nicht an.
missing-title = Seite nicht gefunden
missing = An dieser Adresse gibt es nichts.
expired-title = Diese Seite ist abgelaufen
expired = Bitte öffnen Sie sie noch einmal, und erlauben Sie Cookies für diese Website.
limited-title = Zu viele Versuche
limited = Bitte warten Sie ein paar Minuten, bevor Sie es wieder versuchen.
limited-minute = Bitte versuchen Sie es in einer Minute noch einmal.
limited-minutes = Bitte versuchen Sie es in { $minutes } Minuten noch einmal.
busy-title = Einen Moment, bitte
busy = Das geht gerade nicht. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
fault-title = Etwas ist schiefgegangen
fault = Bitte versuchen Sie es gleich noch einmal.

## Antworten an Formulare auf Seiten einer App

said-failed = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.
said-fault = Etwas ist schiefgegangen. Bitte versuchen Sie es gleich noch einmal.
said-limited-minute = Zu viele Versuche. Bitte versuchen Sie es in einer Minute noch einmal.
said-limited-minutes = Zu viele Versuche. Bitte versuchen Sie es in { $minutes } Minuten noch einmal.
said-logged-out = Sie sind abgemeldet.
said-nobody = Niemand ist angemeldet.
said-not-logged-in = Sie sind nicht mehr angemeldet. Bitte melden Sie sich wieder an.
said-reset-unusable = Dieser Link gilt nicht mehr: Er wurde schon benutzt, oder er ist zu alt, oder es gibt einen neueren.
said-unproven = Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse: Öffnen Sie den Link in der E-Mail, die wir Ihnen geschickt haben.
said-verify-unusable = Dieser Link gilt nicht mehr: Er wurde schon benutzt, oder er ist zu alt.

## E-Mails

mail-hello = Guten Tag,
mail-hello-name = Guten Tag { $first_name },
mail-welcome-subject = Willkommen bei { $app_name }
mail-welcome = Ihr Konto bei { $app_name } ist fertig. Ihr Benutzername ist { $username }.
mail-welcome-link = Anmelden
mail-reset-subject = Neues Passwort für { $app_name }
mail-reset = Jemand möchte für { $username } bei { $app_name } ein neues Passwort setzen. Wenn Sie das sind, geht es hier weiter:
mail-reset-link = Neues Passwort setzen
mail-reset-end = Der Link gilt einmal und einen Tag lang. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.
mail-verify-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $app_name }
mail-verify = Bitte bestätigen Sie, dass { $email } Ihre E-Mail-Adresse bei { $app_name } ist.
mail-verify-link = E-Mail-Adresse bestätigen
mail-verify-end = Der Link gilt einmal und sieben Tage lang. Wenn Sie kein Konto bei { $app_name } haben, brauchen Sie nichts zu tun.
