# The words of the hosted pages. Another language is another file of this kind, with the same keys.

## Everywhere

title-error = Error: { $title }
back-to-login = Back to login
continue = Continue
optional = (optional)
show = Show
hide = Hide
# The whole name of such a button, for those who hear it. The word of the button has to be in it.
show-field = Show { $field }
hide-field = Hide { $field }
caps-lock = Caps Lock is on.
check-entries = Please check your entries
# This language, as its own speakers call it.
language-name = English
languages = Language
# Between two things of a list.
and-also = ,{" "}

## Fields

# Which name a form asks for first: "given first" or "family first".
name-order = given first
field-account = Account
field-code = Code
field-current-password = Current password
field-email = Email
field-first-name = First name
field-last-name = Last name
field-new-password = New password
field-organization = Organization
field-password = Password
field-repeat-new-password = Repeat new password
field-repeat-password = Repeat password
field-username = Username

## What is wrong with a field

problem-blank = { $field } can't be blank
problem-challenge = We could not check that you are not a robot. Please try again.
problem-characters = { $field } has characters that are not allowed
problem-current-password = Current password does not match
problem-email = Email is not a valid email address
problem-email-mismatch = The two email addresses are not the same
problem-password-mismatch = The two passwords are not the same
problem-password-common = Password is too common or too easy to guess
problem-password-long = Password is too long (at most 256 characters)
problem-password-needs-digit = Password must have a digit
problem-password-needs-lower = Password must have a lower-case letter
problem-password-needs-special = Password must have a special character
problem-password-needs-upper = Password must have a capital letter
problem-password-short = Password is too short (at least { $least } characters)
problem-password-weak = Password is too weak, please make it longer or less predictable
problem-taken = { $field } has already been taken
problem-too-long = { $field } is too long
problem-username = Username can have letters, digits and punctuation such as . _ - + @, but no spaces and none of / \ ? # %
problem-username-reserved = This username is reserved, please choose another one

## Passwords

password-hint = At least { $least } characters.
password-hint-also = Also needed: { $kinds }.
password-kind-digit = a digit
password-kind-lower = a lower-case letter
password-kind-special = a special character
password-kind-upper = a capital letter
password-strength-0 = Strength: very easy to guess
password-strength-1 = Strength: easy to guess
password-strength-2 = Strength: could be better
password-strength-3 = Strength: good
password-strength-4 = Strength: very good

## Log in

login-title = Log in
login-account = Use your { $realm } account.
login-button = Log in
login-busy = Logging in…
login-forgot = Forgot your password?
login-new = New to { $app }?
login-signup = Sign up
login-refused = That username and password do not match. Please try again.
login-refused-email = That email and password do not match. Please try again.
login-refused-either = That username or email and the password do not match. Please try again.
login-email-confirmed = Your email address is confirmed. Please log in.
login-password-changed = Your password was changed. Please log in with the new one.

## The second step of a login

code-title = Enter your code
code-lead = Open your authenticator app and enter the six digits that it shows for { $realm }.
code-busy = Checking…
code-refused = That code is not right, or it has expired. Please try the next one, or go back and log in again.
code-old = That code was valid about { $minutes } min ago. Please try the next one, or set your device's clock.
code-lost = Lost your device?
code-recovery = Recovery code
code-recovery-hint = One of the ten codes that you were shown when you set up your device, such as k3v9-x2mq-7t4d. Each works once.
code-recovery-button = Log in with the recovery code
code-recovery-refused = That recovery code is not right, or it has already been used. Please try another one, or go back and log in again.

## Sign up

signup-title = Sign up
signup-account = Create your { $realm } account.
signup-button = Sign up
signup-busy = Signing up…
signup-have-account = Already have an account?
signup-login = Log in
signup-needs-script = Signing up here needs JavaScript, which keeps robots out. Please turn it on and reload this page.
signup-mailed-title = Almost there
signup-mailed = We have sent an email to { $address }. Please open the link in it. If it does not arrive, check your spam folder.

## Forgotten password

forgot-title = Forgot your password?
forgot-lead = We'll email you a link to choose a new password.
forgot-name = Username or email
forgot-button = Send the email
forgot-busy = Sending…
forgot-sent-title = Check your email
forgot-sent = If there is an account with this name or address, we have sent an email to its owner. The link in it works for one day. If it does not arrive, check your spam folder.

## New password

reset-title = Choose a new password
reset-lead = Wherever else you are logged in, you will have to log in again.
reset-button = Save the new password
reset-busy = Saving…
reset-done-title = Your password was changed
reset-done = You can use it from now on.
reset-unusable = It has already been used, has expired, or has been replaced by a newer one. Your password has not changed.
reset-again = Send a new link
link-unusable-title = This link cannot be used

## Email address

verify-title = Confirm your email address
verify-lead = One click, and we will know that this address is yours.
verify-busy = Confirming…
verify-done-title = Your email address is confirmed
verify-done = Thank you.
verify-unusable = It has already been used, or it has expired.
verify-unusable-but = It has already been used, or it has expired. Please log in: if your address still needs to be confirmed, we can send you a new email.
verify-sent-again = We have sent the email again. Please open the link in it, then log in. If it does not arrive, check your spam folder.
verify-too-late = Please log in again, and ask for another email.
unproven-title = Confirm your email address first
unproven-lead = We have sent an email to the address of your account. Please open the link in it, then log in. If you cannot find it, we can send it again.
unproven-unsent = Your email address still needs to be confirmed. We can send you an email for that.
unproven-no-address = Your account has no email address yet, so we cannot send you anything. Please contact the people who run { $app }.
unproven-button = Send the email again

## Other sites to log in by

social-or = or
social-button = Continue with { $provider }
social-expired-title = This login has expired
social-expired = It took too long, was already used, or was started in another browser. Please start again, and allow cookies for this site.
social-given-up-title = You are not logged in
social-given-up = The other site did not tell us who you are.
social-closed-title = You cannot log in
social-closed = Your account here is closed.
social-no-signup-title = No account found
social-no-signup = No account here is connected to yours on the other site, and new accounts cannot be created here.
social-not-confirmed-title = That login did not work
social-not-confirmed = The other site did not confirm who you are. Please try again.
social-unreachable-title = The other site is not responding
social-unreachable = Please try again in a moment, or log in another way.
social-signup-title = One more thing
social-signup-lead = { $provider } has told us who you are, but not your email address. Please add it, and you are done.
link-title = You already have an account
link-lead = There is an account with the address { $address }. Please enter its password once; from then on you can log in with { $provider } too.
link-button = Log in and connect { $provider }
link-refused = That password is not right. Please try again.

## Log out

logout-title = Log out
logout-question = Log out?
logout-lead = You will have to log in again next time.
logout-button = Log out
logout-busy = Logging out…
forget-title = Forget this browser
forget-question = Forget this browser?
forget-lead = We remember that you have logged in here before, so that strangers guessing at your password cannot lock you out. On a computer that is not yours, you may want to be forgotten.
forget-button = Forget this browser
forget-busy = Forgetting…
forget-done-title = This browser is forgotten
forget-done = Nobody can tell any more that you have logged in here before.

## What can go wrong

failed-title = That did not work
failed-again = Please go back and try again.
failed-unreadable = The form could not be read. Please go back and try again.
failed-method = This address does not support this method.
missing-title = Page not found
missing = There is nothing at this address.
expired-title = This page has expired
expired = Please open it again, and allow cookies for this site.
limited-title = Too many tries
limited = Please wait a few minutes before you try again.
limited-minute = Please try again in a minute.
limited-minutes = Please try again in { $minutes } minutes.
busy-title = One moment, please
busy = This can't be done right now. Please try again in a few seconds.
fault-title = Something went wrong
fault = Please try again in a moment.

## Answers to forms on an app's own pages

said-failed = That did not work. Please try again.
said-fault = Something went wrong. Please try again in a moment.
said-limited-minute = Too many tries. Please try again in a minute.
said-limited-minutes = Too many tries. Please try again in { $minutes } minutes.
said-logged-out = You are logged out.
said-nobody = Nobody is logged in.
said-not-logged-in = You are no longer logged in. Please log in again.
said-reset-unusable = This link cannot be used: it has already been used, has expired, or has been replaced by a newer one.
said-unproven = Please confirm your email address first: open the link in the email that we sent you.
said-verify-unusable = This link cannot be used: it has already been used, or it has expired.

## Mails

mail-hello = Hello,
mail-hello-name = Hello { $first_name },
mail-welcome-subject = Welcome to { $app_name }
mail-welcome = Your account at { $app_name } is ready. Your username is { $username }.
mail-welcome-link = Log in
mail-reset-subject = Set a new password for { $app_name }
mail-reset = Somebody asked to set a new password for { $username } at { $app_name }. If it was you, continue here:
mail-reset-link = Set a new password
mail-reset-end = The link works once, within one day. If it was not you, ignore this email: your password stays as it is.
mail-verify-subject = Confirm your email address for { $app_name }
mail-verify = Please confirm that { $email } is your email address at { $app_name }.
mail-verify-link = Confirm email address
mail-verify-end = The link works once, within seven days. If you have no account at { $app_name }, ignore this email.
