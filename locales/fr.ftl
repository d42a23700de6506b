# Les mots des pages, en français.

## Partout

title-error = Erreur : { $title }
back-to-login = Retour à la connexion
continue = Continuer
optional = (facultatif)
show = Afficher
hide = Masquer
show-field = Afficher « { $field } »
hide-field = Masquer « { $field } »
caps-lock = Le verrouillage des majuscules est activé.
check-entries = Vérifiez ce que vous avez saisi
language-name = Français
languages = Langue
and-also = ,{" "}

## Champs

name-order = given first
field-account = Compte
field-code = Code
field-current-password = Mot de passe actuel
field-email = Adresse e-mail
field-first-name = Prénom
field-last-name = Nom
field-new-password = Nouveau mot de passe
field-organization = Organisation
field-password = Mot de passe
field-repeat-new-password = Répétez le nouveau mot de passe
field-repeat-password = Répétez le mot de passe
field-username = Nom d’utilisateur

## Ce qui ne va pas dans un champ

problem-blank = Ce champ est à remplir : { $field }
problem-challenge = Nous n’avons pas pu vérifier que vous n’êtes pas un robot. Veuillez réessayer.
problem-characters = Ce champ contient des caractères interdits : { $field }
problem-current-password = Le mot de passe actuel ne correspond pas
problem-email = Ce n’est pas une adresse e-mail valide
problem-email-mismatch = Les deux adresses e-mail ne sont pas identiques
problem-password-mismatch = Les deux mots de passe ne sont pas identiques
problem-password-common = Le mot de passe est trop courant ou trop facile à deviner
problem-password-long = Le mot de passe est trop long (256 caractères au plus)
problem-password-needs-digit = Le mot de passe doit comporter un chiffre
problem-password-needs-lower = Le mot de passe doit comporter une minuscule
problem-password-needs-special = Le mot de passe doit comporter un caractère spécial
problem-password-needs-upper = Le mot de passe doit comporter une majuscule
problem-password-short = Le mot de passe est trop court ({ $least } caractères au moins)
problem-password-weak = Le mot de passe est trop faible : rendez-le plus long ou moins prévisible
problem-taken = Déjà utilisé : { $field }
problem-too-long = Trop long : { $field }
problem-username = Le nom d’utilisateur peut comporter des lettres, des chiffres et des signes comme . _ - + @, mais ni espaces ni aucun de ceux-ci : / \ ? # %
problem-username-reserved = Ce nom d’utilisateur est réservé ; choisissez-en un autre

## Mots de passe

password-hint = { $least } caractères au moins.
password-hint-also = Il faut aussi : { $kinds }.
password-kind-digit = un chiffre
password-kind-lower = une minuscule
password-kind-special = un caractère spécial
password-kind-upper = une majuscule
password-strength-0 = Solidité : très facile à deviner
password-strength-1 = Solidité : facile à deviner
password-strength-2 = Solidité : peut mieux faire
password-strength-3 = Solidité : bonne
password-strength-4 = Solidité : très bonne

## Se connecter

login-title = Se connecter
login-account = Avec votre compte { $realm }.
login-button = Se connecter
login-busy = Connexion…
login-forgot = Mot de passe oublié ?
login-new = Vous découvrez { $app } ?
login-signup = S’inscrire
login-refused = Ce nom d’utilisateur et ce mot de passe ne vont pas ensemble. Réessayez.
login-refused-email = Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Réessayez.
login-refused-either = Ce nom d’utilisateur ou cette adresse e-mail ne correspond pas au mot de passe. Réessayez.
login-email-confirmed = Votre adresse e-mail est confirmée. Connectez-vous.
login-password-changed = Votre mot de passe a été modifié. Connectez-vous avec le nouveau.

## La seconde étape

code-title = Saisissez votre code
code-lead = Ouvrez votre application d’authentification et saisissez les six chiffres qu’elle affiche pour { $realm }.
code-busy = Vérification…
code-refused = Ce code n’est pas le bon, ou il est arrivé trop tard. Essayez le suivant, ou revenez en arrière et reconnectez-vous.
code-old = Ce code était valable il y a environ { $minutes } min. Essayez le suivant ou réglez l’horloge de votre appareil.
code-lost = Appareil perdu ?
code-recovery = Code de secours
code-recovery-hint = L’un des dix codes affichés lors de la configuration de votre appareil, par exemple k3v9-x2mq-7t4d. Chacun sert une seule fois.
code-recovery-button = Se connecter avec ce code
code-recovery-refused = Ce code de secours n’est pas le bon, ou il a déjà servi. Essayez-en un autre, ou revenez en arrière et reconnectez-vous.

## S’inscrire

signup-title = S’inscrire
signup-account = Créez votre compte { $realm }.
signup-button = S’inscrire
signup-busy = Création du compte…
signup-have-account = Vous avez déjà un compte ?
signup-login = Se connecter
signup-needs-script = L’inscription nécessite ici JavaScript, qui éloigne les robots. Veuillez l’activer, puis rouvrir cette page.
signup-mailed-title = Vous y êtes presque
signup-mailed = Nous avons envoyé un e-mail à { $address }. Ouvrez le lien qu’il contient. Si rien n’arrive, regardez dans le courrier indésirable.

## Mot de passe oublié

forgot-title = Mot de passe oublié ?
forgot-lead = Nous vous enverrons un e-mail avec un lien pour choisir un nouveau mot de passe.
forgot-name = Nom d’utilisateur ou adresse e-mail
forgot-button = Envoyer l’e-mail
forgot-busy = Envoi…
forgot-sent-title = Consultez vos e-mails
forgot-sent = S’il existe un compte avec ce nom ou cette adresse, nous avons envoyé un e-mail à son titulaire. Le lien est valable un jour. Si rien n’arrive, regardez dans le courrier indésirable.

## Nouveau mot de passe

reset-title = Choisissez un nouveau mot de passe
reset-lead = Partout ailleurs où vous êtes connecté, il faudra vous reconnecter.
reset-button = Enregistrer le nouveau mot de passe
reset-busy = Enregistrement…
reset-done-title = Votre mot de passe a été modifié
reset-done = Vous pouvez l’utiliser dès maintenant.
reset-unusable = Il a déjà servi, il est trop ancien, ou un plus récent a été envoyé. Votre mot de passe reste comme il était.
reset-again = Envoyer un nouveau lien
link-unusable-title = Ce lien ne peut pas être utilisé

## Adresse e-mail

verify-title = Confirmez votre adresse e-mail
verify-lead = Un clic, et nous savons que cette adresse est la vôtre.
verify-busy = Confirmation…
verify-done-title = Votre adresse e-mail est confirmée
verify-done = Merci.
verify-unusable = Il a déjà servi, ou il est trop ancien.
verify-unusable-but = Il a déjà servi, ou il est trop ancien. Connectez-vous : si votre adresse reste à confirmer, nous pouvons vous envoyer un nouvel e-mail.
verify-sent-again = Nous avons renvoyé l’e-mail. Ouvrez le lien qu’il contient, puis connectez-vous. Si rien n’arrive, regardez dans le courrier indésirable.
verify-too-late = Reconnectez-vous, et demandez l’e-mail encore une fois.
unproven-title = Confirmez d’abord votre adresse e-mail
unproven-lead = Nous avons envoyé un e-mail à l’adresse de votre compte. Ouvrez le lien qu’il contient, puis connectez-vous. Si vous ne le trouvez pas, nous pouvons le renvoyer.
unproven-unsent = Votre adresse e-mail doit encore être confirmée. Nous pouvons vous envoyer un e-mail à cet effet.
unproven-no-address = Votre compte n’a pas encore d’adresse e-mail, rien ne peut donc être envoyé. Adressez-vous à l’équipe de { $app }.
unproven-button = Renvoyer l’e-mail

## Se connecter par d’autres sites

social-or = ou
social-button = Continuer avec { $provider }
social-expired-title = Cette connexion a expiré
social-expired = Elle a pris trop de temps, a déjà servi ou a été commencée dans un autre navigateur. Veuillez recommencer et autoriser les cookies pour ce site.
social-given-up-title = Vous n’êtes pas connecté
social-given-up = L’autre site ne nous a pas dit qui vous êtes.
social-closed-title = Vous ne pouvez pas vous connecter
social-closed = Votre compte ici est fermé.
social-no-signup-title = Il n’y a pas de compte
social-no-signup = Aucun compte n’est associé ici à celui de l’autre site, et de nouveaux comptes ne peuvent pas être créés ici.
social-not-confirmed-title = La connexion n’a pas fonctionné
social-not-confirmed = L’autre site n’a pas confirmé qui vous êtes. Veuillez réessayer.
social-unreachable-title = L’autre site ne répond pas
social-unreachable = Veuillez réessayer dans un instant, ou vous connecter d’une autre façon.
social-signup-title = Encore une chose
social-signup-lead = { $provider } nous a dit qui vous êtes, mais pas votre adresse e-mail. Ajoutez-la, et c’est terminé.
link-title = Vous avez déjà un compte
link-lead = Il existe un compte avec l’adresse { $address }. Saisissez une fois son mot de passe ; ensuite, vous pourrez aussi vous connecter avec { $provider }.
link-button = Se connecter et associer { $provider }
link-refused = Ce mot de passe n’est pas le bon. Veuillez réessayer.

## Se déconnecter

logout-title = Se déconnecter
logout-question = Se déconnecter ?
logout-lead = La prochaine fois, il faudra vous reconnecter.
logout-button = Se déconnecter
logout-busy = Déconnexion…
forget-title = Oublier ce navigateur
forget-question = Oublier ce navigateur ?
forget-lead = Nous retenons que vous vous êtes déjà connecté ici, afin que des inconnus qui cherchent à deviner votre mot de passe ne puissent pas vous bloquer. Sur un ordinateur qui n’est pas le vôtre, vous ne le souhaitez peut-être pas.
forget-button = Oublier
forget-busy = Oubli en cours…
forget-done-title = Ce navigateur est oublié
forget-done = Plus personne ne peut voir que vous vous êtes déjà connecté ici.

## Ce qui peut aller de travers

failed-title = Cela n’a pas marché
failed-again = Revenez en arrière et réessayez.
failed-unreadable = Le formulaire n’a pas pu être lu. Revenez en arrière et réessayez.
failed-method = Cette adresse n’accepte pas ce type de requête.
missing-title = Page introuvable
missing = Il n’y a rien à cette adresse.
expired-title = Cette page a expiré
expired = Ouvrez-la de nouveau, et autorisez les cookies de ce site.
limited-title = Trop d’essais
limited = Attendez quelques minutes avant de réessayer.
limited-minute = Veuillez réessayer dans une minute.
limited-minutes = Veuillez réessayer dans { $minutes } minutes.
busy-title = Un instant, s’il vous plaît
busy = Ce n’est pas possible pour le moment. Réessayez dans quelques secondes.
fault-title = Quelque chose s’est mal passé
fault = Réessayez dans un instant.

## Réponses aux formulaires sur les pages d’une app

said-failed = Cela n’a pas fonctionné. Veuillez réessayer.
said-fault = Une erreur s’est produite. Veuillez réessayer dans un instant.
said-limited-minute = Trop d’essais. Veuillez réessayer dans une minute.
said-limited-minutes = Trop d’essais. Veuillez réessayer dans { $minutes } minutes.
said-logged-out = Vous êtes déconnecté.
said-nobody = Personne n’est connecté.
said-not-logged-in = Vous n’êtes plus connecté. Veuillez vous reconnecter.
said-reset-unusable = Ce lien ne peut pas être utilisé : il a déjà servi, il est trop ancien ou un plus récent a été envoyé.
said-unproven = Confirmez d’abord votre adresse e-mail : ouvrez le lien du message que nous vous avons envoyé.
said-verify-unusable = Ce lien ne peut pas être utilisé : il a déjà servi ou il est trop ancien.

## E-mails

mail-hello = Bonjour,
mail-hello-name = Bonjour { $first_name },
mail-welcome-subject = Bienvenue chez { $app_name }
mail-welcome = Votre compte { $app_name } est prêt. Votre nom d’utilisateur est { $username }.
mail-welcome-link = Se connecter
mail-reset-subject = Nouveau mot de passe pour { $app_name }
mail-reset = Quelqu’un a demandé un nouveau mot de passe pour { $username } chez { $app_name }. Si c’est vous, continuez ici :
mail-reset-link = Choisir un nouveau mot de passe
mail-reset-end = Le lien sert une seule fois, pendant un jour. Si ce n’était pas vous, ignorez cet e-mail : votre mot de passe reste comme il est.
mail-verify-subject = Confirmez votre adresse e-mail pour { $app_name }
mail-verify = Confirmez que { $email } est votre adresse e-mail chez { $app_name }.
mail-verify-link = Confirmer l’adresse e-mail
mail-verify-end = Le lien sert une seule fois, pendant sept jours. Si vous n’avez pas de compte chez { $app_name }, ignorez cet e-mail.
