# Las palabras de las páginas, en español.

## En todas partes

title-error = Error: { $title }
back-to-login = Volver a iniciar sesión
continue = Continuar
optional = (opcional)
show = Mostrar
hide = Ocultar
show-field = Mostrar «{ $field }»
hide-field = Ocultar «{ $field }»
caps-lock = El bloqueo de mayúsculas está activado.
check-entries = Revise sus datos
language-name = Español
languages = Idioma
and-also = ,{" "}

## Campos

name-order = given first
field-account = Cuenta
field-code = Código
field-current-password = Contraseña actual
field-email = Correo electrónico
field-first-name = Nombre
field-last-name = Apellidos
field-new-password = Contraseña nueva
field-organization = Organización
field-password = Contraseña
field-repeat-new-password = Repita la contraseña nueva
field-repeat-password = Repita la contraseña
field-username = Nombre de usuario

## Lo que no va bien en un campo

problem-blank = Falta este dato: { $field }
problem-challenge = No hemos podido comprobar que no es un robot. Inténtelo de nuevo.
problem-characters = Hay caracteres no permitidos en este campo: { $field }
problem-current-password = La contraseña actual no coincide
problem-email = No es una dirección de correo válida
problem-email-mismatch = Las dos direcciones de correo no coinciden
problem-password-mismatch = Las dos contraseñas no coinciden
problem-password-common = La contraseña es demasiado común o demasiado fácil de adivinar
problem-password-long = La contraseña es demasiado larga (256 caracteres como máximo)
problem-password-needs-digit = La contraseña debe tener una cifra
problem-password-needs-lower = La contraseña debe tener una letra minúscula
problem-password-needs-special = La contraseña debe tener un carácter especial
problem-password-needs-upper = La contraseña debe tener una letra mayúscula
problem-password-short = La contraseña es demasiado corta ({ $least } caracteres como mínimo)
problem-password-weak = La contraseña es demasiado débil: hágala más larga o menos previsible
problem-taken = Ya está en uso: { $field }
problem-too-long = Demasiado largo: { $field }
problem-username = El nombre de usuario puede tener letras, cifras y signos como . _ - + @, pero no espacios ni ninguno de estos: / \ ? # %
problem-username-reserved = Este nombre de usuario está reservado; elija otro

## Contraseñas

password-hint = { $least } caracteres como mínimo.
password-hint-also = También hace falta: { $kinds }.
password-kind-digit = una cifra
password-kind-lower = una letra minúscula
password-kind-special = un carácter especial
password-kind-upper = una letra mayúscula
password-strength-0 = Seguridad: muy fácil de adivinar
password-strength-1 = Seguridad: fácil de adivinar
password-strength-2 = Seguridad: podría ser mejor
password-strength-3 = Seguridad: buena
password-strength-4 = Seguridad: muy buena

## Iniciar sesión

login-title = Iniciar sesión
login-account = Use su cuenta de { $realm }.
login-button = Iniciar sesión
login-busy = Iniciando sesión…
login-forgot = ¿Ha olvidado su contraseña?
login-new = ¿Es la primera vez que usa { $app }?
login-signup = Registrarse
login-refused = El nombre de usuario y la contraseña no coinciden. Inténtelo de nuevo.
login-refused-email = El correo electrónico y la contraseña no coinciden. Inténtelo de nuevo.
login-refused-either = El nombre de usuario o correo electrónico y la contraseña no coinciden. Inténtelo de nuevo.
login-email-confirmed = Su dirección de correo está confirmada. Inicie sesión.
login-password-changed = Su contraseña ha cambiado. Inicie sesión con la nueva.

## El segundo paso

code-title = Escriba su código
code-lead = Abra su aplicación de autenticación y escriba las seis cifras que muestra para { $realm }.
code-busy = Comprobando…
code-refused = Ese código no es correcto o ha llegado tarde. Pruebe con el siguiente, o vuelva atrás e inicie sesión otra vez.
code-old = Ese código era válido hace unos { $minutes } min. Pruebe con el siguiente, o ajuste el reloj de su dispositivo.
code-lost = ¿Ha perdido su dispositivo?
code-recovery = Código de recuperación
code-recovery-hint = Uno de los diez que se mostraron al configurar su dispositivo, por ejemplo k3v9-x2mq-7t4d. Cada uno sirve una vez.
code-recovery-button = Entrar con él
code-recovery-refused = Ese código de recuperación no es correcto o ya se usó. Pruebe con otro, o vuelva atrás e inicie sesión de nuevo.

## Registrarse

signup-title = Registrarse
signup-account = Cree su cuenta de { $realm }.
signup-button = Registrarse
signup-busy = Creando la cuenta…
signup-have-account = ¿Ya tiene una cuenta?
signup-login = Iniciar sesión
signup-needs-script = Para registrarse aquí hace falta JavaScript, que mantiene fuera a los robots. Actívelo y vuelva a abrir esta página.
signup-mailed-title = Ya casi está
signup-mailed = Hemos enviado un correo a { $address }. Abra el enlace que contiene. Si no llega nada, mire en la carpeta de correo no deseado.

## Contraseña olvidada

forgot-title = ¿Ha olvidado su contraseña?
forgot-lead = Le enviaremos un correo con un enlace para elegir una contraseña nueva.
forgot-name = Nombre de usuario o correo electrónico
forgot-button = Enviar el correo
forgot-busy = Enviando…
forgot-sent-title = Revise su correo
forgot-sent = Si hay una cuenta con ese nombre o esa dirección, hemos enviado un correo a su titular. El enlace vale un día. Si no llega nada, mire en la carpeta de correo no deseado.

## Contraseña nueva

reset-title = Elija una contraseña nueva
reset-lead = Tendrá que volver a iniciar sesión en los demás lugares donde la tenga abierta.
reset-button = Guardar la contraseña nueva
reset-busy = Guardando…
reset-done-title = Su contraseña ha cambiado
reset-done = Puede usarla desde ahora.
reset-unusable = Ya se usó, es demasiado antiguo o se ha enviado otro más nuevo. Su contraseña sigue como estaba.
reset-again = Enviar un enlace nuevo
link-unusable-title = Este enlace no se puede usar

## Dirección de correo

verify-title = Confirme su dirección de correo
verify-lead = Un clic, y sabremos que esta dirección es suya.
verify-busy = Confirmando…
verify-done-title = Su dirección de correo está confirmada
verify-done = Gracias.
verify-unusable = Ya se usó o es demasiado antiguo.
verify-unusable-but = Ya se usó o es demasiado antiguo. Inicie sesión: si su dirección aún está por confirmar, podemos enviarle otro correo.
verify-sent-again = Hemos enviado el correo otra vez. Abra el enlace que contiene y luego inicie sesión. Si no llega nada, mire en la carpeta de correo no deseado.
verify-too-late = Inicie sesión otra vez y vuelva a pedir el correo.
unproven-title = Confirme primero su dirección de correo
unproven-lead = Hemos enviado un correo a la dirección de su cuenta. Abra el enlace que contiene y luego inicie sesión. Si no lo encuentra, podemos enviarlo otra vez.
unproven-unsent = Todavía tiene que confirmar su dirección de correo. Podemos enviarle un mensaje para ello.
unproven-no-address = Su cuenta aún no tiene dirección de correo, así que no podemos enviar nada. Pregunte a quienes llevan { $app }.
unproven-button = Enviar el correo otra vez

## Iniciar sesión con otros sitios

social-or = o
social-button = Continuar con { $provider }
social-expired-title = Este inicio de sesión ha caducado
social-expired = Ha tardado demasiado, ya se ha usado o se ha empezado en otro navegador. Empiece de nuevo y permita las cookies de este sitio.
social-given-up-title = No ha iniciado sesión
social-given-up = El otro sitio no nos ha dicho quién es usted.
social-closed-title = No puede iniciar sesión
social-closed = Su cuenta aquí está cerrada.
social-no-signup-title = No hay ninguna cuenta
social-no-signup = Aquí no hay ninguna cuenta conectada a la suya del otro sitio, y aquí no se pueden crear cuentas nuevas.
social-not-confirmed-title = El inicio de sesión no ha funcionado
social-not-confirmed = El otro sitio no ha confirmado quién es usted. Inténtelo de nuevo.
social-unreachable-title = El otro sitio no responde
social-unreachable = Inténtelo de nuevo dentro de un momento o inicie sesión de otra manera.
social-signup-title = Una cosa más
social-signup-lead = { $provider } nos ha dicho quién es usted, pero no su correo electrónico. Añádalo y habrá terminado.
link-title = Ya tiene una cuenta
link-lead = Hay una cuenta con la dirección { $address }. Escriba su contraseña una vez; a partir de entonces podrá iniciar sesión también con { $provider }.
link-button = Iniciar sesión y conectar { $provider }
link-refused = Esa contraseña no es correcta. Inténtelo de nuevo.

## Cerrar sesión

logout-title = Cerrar sesión
logout-question = ¿Cerrar sesión?
logout-lead = La próxima vez tendrá que iniciar sesión de nuevo.
logout-button = Cerrar sesión
logout-busy = Cerrando sesión…
forget-title = Olvidar este navegador
forget-question = ¿Olvidar este navegador?
forget-lead = Recordamos que ya ha iniciado sesión aquí, para que los extraños que intenten adivinar su contraseña no puedan dejarle fuera. En un ordenador que no sea suyo quizá prefiera que lo olvidemos.
forget-button = Olvidar
forget-busy = Olvidando…
forget-done-title = Este navegador está olvidado
forget-done = Ya nadie puede saber que inició sesión aquí antes.

## Lo que puede fallar

failed-title = No ha funcionado
failed-again = Vuelva atrás e inténtelo de nuevo.
failed-unreadable = No se ha podido leer el formulario. Vuelva atrás e inténtelo de nuevo.
failed-method = Esta dirección no acepta ese tipo de peticiones.
missing-title = Página no encontrada
missing = No hay nada en esta dirección.
expired-title = Esta página ha caducado
expired = Ábrala de nuevo y permita las cookies de este sitio.
limited-title = Demasiados intentos
limited = Espere unos minutos antes de intentarlo de nuevo.
limited-minute = Vuelva a intentarlo dentro de un minuto.
limited-minutes = Vuelva a intentarlo dentro de { $minutes } minutos.
busy-title = Un momento, por favor
busy = Ahora mismo no es posible. Inténtelo de nuevo en unos segundos.
fault-title = Algo ha fallado
fault = Inténtelo de nuevo dentro de un momento.

## Respuestas a formularios en páginas de una app

said-failed = Eso no ha funcionado. Inténtelo de nuevo.
said-fault = Algo ha ido mal. Inténtelo de nuevo dentro de un momento.
said-limited-minute = Demasiados intentos. Vuelva a intentarlo dentro de un minuto.
said-limited-minutes = Demasiados intentos. Vuelva a intentarlo dentro de { $minutes } minutos.
said-logged-out = Ha cerrado la sesión.
said-nobody = Nadie ha iniciado sesión.
said-not-logged-in = Su sesión ha terminado. Inicie sesión de nuevo.
said-reset-unusable = Este enlace no sirve: ya se usó, es demasiado antiguo o se ha enviado otro más reciente.
said-unproven = Confirme primero su correo electrónico: abra el enlace del mensaje que le hemos enviado.
said-verify-unusable = Este enlace no sirve: ya se usó o es demasiado antiguo.

## Correos

mail-hello = Hola:
mail-hello-name = Hola, { $first_name }:
mail-welcome-subject = Le damos la bienvenida a { $app_name }
mail-welcome = Su cuenta de { $app_name } está lista. Su nombre de usuario es { $username }.
mail-welcome-link = Iniciar sesión
mail-reset-subject = Contraseña nueva para { $app_name }
mail-reset = Alguien ha pedido una contraseña nueva para { $username } en { $app_name }. Si ha sido usted, continúe aquí:
mail-reset-link = Elegir una contraseña nueva
mail-reset-end = El enlace sirve una sola vez, durante un día. Si no ha sido usted, ignore este correo: su contraseña sigue como está.
mail-verify-subject = Confirme su dirección de correo para { $app_name }
mail-verify = Confirme que { $email } es su dirección de correo en { $app_name }.
mail-verify-link = Confirmar la dirección de correo
mail-verify-end = El enlace sirve una sola vez, durante siete días. Si no tiene una cuenta en { $app_name }, ignore este correo.
