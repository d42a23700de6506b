# ページの言葉（日本語）。

## 共通

title-error = エラー：{ $title }
back-to-login = ログインに戻る
continue = 続ける
optional = （任意）
show = 表示
hide = 隠す
show-field = { $field }を表示
hide-field = { $field }を隠す
caps-lock = Caps Lock がオンになっています。
check-entries = 入力内容をご確認ください
language-name = 日本語
languages = 言語
and-also = 、

## 項目

name-order = family first
field-account = アカウント
field-code = コード
field-current-password = 現在のパスワード
field-email = メールアドレス
field-first-name = 名
field-last-name = 姓
field-new-password = 新しいパスワード
field-organization = 組織名
field-password = パスワード
field-repeat-new-password = 新しいパスワード（確認）
field-repeat-password = パスワード（確認）
field-username = ユーザー名

## 入力の誤り

problem-blank = { $field }を入力してください
problem-challenge = ロボットでないことを確認できませんでした。もう一度お試しください。
problem-characters = { $field }に使えない文字が含まれています
problem-current-password = 現在のパスワードが一致しません
problem-email = メールアドレスの形式が正しくありません
problem-email-mismatch = 二つのメールアドレスが一致しません
problem-password-mismatch = 二つのパスワードが一致しません
problem-password-common = パスワードがありふれているか、推測されやすいものです
problem-password-long = パスワードが長すぎます（256文字以内）
problem-password-needs-digit = パスワードには数字が必要です
problem-password-needs-lower = パスワードには小文字が必要です
problem-password-needs-special = パスワードには記号が必要です
problem-password-needs-upper = パスワードには大文字が必要です
problem-password-short = パスワードが短すぎます（{ $least }文字以上）
problem-password-weak = パスワードが弱すぎます。もっと長く、または推測されにくいものにしてください
problem-taken = この{ $field }はすでに使われています
problem-too-long = { $field }が長すぎます
problem-username = ユーザー名には文字、数字、および . _ - + @ などの半角記号が使えます。空白と / \ ? # % は使えません
problem-username-reserved = このユーザー名は予約されています。別の名前をお選びください

## パスワード

password-hint = { $least }文字以上。
password-hint-also = 必要な文字：{ $kinds }。
password-kind-digit = 数字
password-kind-lower = 小文字
password-kind-special = 記号
password-kind-upper = 大文字
password-strength-0 = 強さ：とても推測されやすい
password-strength-1 = 強さ：推測されやすい
password-strength-2 = 強さ：もう少し
password-strength-3 = 強さ：良い
password-strength-4 = 強さ：とても良い

## ログイン

login-title = ログイン
login-account = { $realm }のアカウントをお使いください。
login-button = ログイン
login-busy = ログインしています…
login-forgot = パスワードをお忘れですか？
login-new = { $app }は初めてですか？
login-signup = 新規登録
login-refused = ユーザー名とパスワードが一致しません。もう一度お試しください。
login-refused-email = メールアドレスとパスワードが一致しません。もう一度お試しください。
login-refused-either = ユーザー名またはメールアドレスとパスワードが一致しません。もう一度お試しください。
login-email-confirmed = メールアドレスを確認しました。ログインしてください。
login-password-changed = パスワードを変更しました。新しいパスワードでログインしてください。

## 二段階目

code-title = コードを入力
code-lead = 認証アプリを開き、{ $realm }用に表示されている6桁の数字を入力してください。
code-busy = 確認しています…
code-refused = コードが正しくないか、期限が過ぎています。次のコードを試すか、戻ってログインし直してください。
code-old = そのコードは約{ $minutes }分前のものです。次のコードを入力するか、デバイスの時計を合わせてください。
code-lost = デバイスを紛失しましたか？
code-recovery = リカバリーコード
code-recovery-hint = デバイスの設定時に表示された10個のうちの1つです（例: k3v9-x2mq-7t4d）。それぞれ1回だけ使えます。
code-recovery-button = このコードでログイン
code-recovery-refused = リカバリーコードが正しくないか、すでに使われています。別のコードを試すか、戻ってログインし直してください。

## 新規登録

signup-title = 新規登録
signup-account = { $realm }のアカウントを作成します。
signup-button = 登録する
signup-busy = 登録しています…
signup-have-account = アカウントをお持ちですか？
signup-login = ログイン
signup-needs-script = ここでの登録には、ロボットを防ぐためにJavaScriptが必要です。有効にして、このページをもう一度開いてください。
signup-mailed-title = あと少しです
signup-mailed = { $address } にメールをお送りしました。メール内のリンクを開いてください。届かない場合は、迷惑メールもご確認ください。

## パスワードを忘れた場合

forgot-title = パスワードをお忘れですか？
forgot-lead = リンクをメールでお送りします。そこで新しいパスワードを設定できます。
forgot-name = ユーザー名またはメールアドレス
forgot-button = メールを送る
forgot-busy = 送信しています…
forgot-sent-title = メールをご確認ください
forgot-sent = 該当するアカウントがあれば、その持ち主にメールをお送りしました。リンクの有効期間は1日です。届かない場合は、迷惑メールもご確認ください。

## 新しいパスワード

reset-title = 新しいパスワードの設定
reset-lead = ほかにログイン中の場所では、もう一度ログインが必要になります。
reset-button = 新しいパスワードを保存
reset-busy = 保存しています…
reset-done-title = パスワードを変更しました
reset-done = 今すぐお使いいただけます。
reset-unusable = すでに使われたか、期限が切れたか、新しいリンクが送られています。パスワードは元のままです。
reset-again = 新しいリンクを送る
link-unusable-title = このリンクは使えません

## メールアドレス

verify-title = メールアドレスの確認
verify-lead = ボタンを押すと、このアドレスがあなたのものだと確認できます。
verify-busy = 確認しています…
verify-done-title = メールアドレスを確認しました
verify-done = ありがとうございます。
verify-unusable = すでに使われたか、期限が切れています。
verify-unusable-but = すでに使われたか、期限が切れています。ログインしてください。まだ確認が必要な場合は、新しいメールをお送りできます。
verify-sent-again = メールをもう一度お送りしました。メール内のリンクを開いてから、ログインしてください。届かない場合は、迷惑メールもご確認ください。
verify-too-late = もう一度ログインして、メールの送信をやり直してください。
unproven-title = 先にメールアドレスの確認が必要です
unproven-lead = アカウントのアドレスにメールをお送りしました。メール内のリンクを開いてから、ログインしてください。見つからない場合は、もう一度お送りできます。
unproven-unsent = メールアドレスの確認がまだ済んでいません。確認用のメールをお送りできます。
unproven-no-address = アカウントにメールアドレスがまだないため、メールをお送りできません。{ $app }の運営者にお問い合わせください。
unproven-button = メールをもう一度送る

## ほかのサイトでのログイン

social-or = または
social-button = { $provider } で続ける
social-expired-title = このログインは期限切れです
social-expired = 時間がかかりすぎたか、すでに使われたか、別のブラウザーで始められました。このサイトの Cookie を許可して、もう一度やり直してください。
social-given-up-title = ログインしていません
social-given-up = 相手のサイトから、ご本人の情報を受け取れませんでした。
social-closed-title = ログインできません
social-closed = こちらでお使いのアカウントは閉じられています。
social-no-signup-title = アカウントがありません
social-no-signup = 相手のサイトのこのアカウントはここに登録されておらず、ここでは新しいアカウントを作れません。
social-not-confirmed-title = ログインできませんでした
social-not-confirmed = 相手のサイトでご本人を確認できませんでした。もう一度お試しください。
social-unreachable-title = 相手のサイトが応答しません
social-unreachable = しばらくしてからもう一度お試しになるか、別の方法でログインしてください。
social-signup-title = あと一つだけ
social-signup-lead = { $provider } からご本人の情報を受け取りましたが、メールアドレスは含まれていませんでした。入力すると完了です。
link-title = すでにアカウントがあります
link-lead = { $address } のアカウントがあります。そのパスワードを一度入力してください。以後は { $provider } でもログインできます。
link-button = ログインして { $provider } と連携
link-refused = パスワードが違います。もう一度お試しください。

## ログアウト

logout-title = ログアウト
logout-question = ログアウトしますか？
logout-lead = 次回はもう一度ログインが必要です。
logout-button = ログアウト
logout-busy = ログアウトしています…
forget-title = このブラウザーの記憶を消去
forget-question = このブラウザーの記憶を消去しますか？
forget-lead = 他人がパスワードを推測してもログインできなくならないように、以前ここでログインしたことを記憶しています。自分のものではないコンピューターでは、消去することをおすすめします。
forget-button = 消去する
forget-busy = 消去しています…
forget-done-title = 記憶を消去しました
forget-done = 以前ここでログインしたことは、もう誰にもわかりません。

## うまくいかないとき

failed-title = うまくいきませんでした
failed-again = 戻って、もう一度お試しください。
failed-unreadable = フォームを読み取れませんでした。戻って、もう一度お試しください。
failed-method = このアドレスでは、その操作はできません。
missing-title = ページが見つかりません
missing = このアドレスには何もありません。
expired-title = このページの有効期限が切れました
expired = もう一度開き、このサイトの Cookie を許可してください。
limited-title = 試行回数が多すぎます
limited = 数分待ってから、もう一度お試しください。
limited-minute = 1分ほど待ってから、もう一度お試しください。
limited-minutes = { $minutes }分ほど待ってから、もう一度お試しください。
busy-title = 少々お待ちください
busy = ただいま処理できません。数秒後にもう一度お試しください。
fault-title = 問題が発生しました
fault = しばらくしてから、もう一度お試しください。

## アプリ側のフォームへの応答

said-failed = うまくいきませんでした。もう一度お試しください。
said-fault = 問題が発生しました。しばらくしてからもう一度お試しください。
said-limited-minute = 試行回数が多すぎます。1分ほど待ってから、もう一度お試しください。
said-limited-minutes = 試行回数が多すぎます。{ $minutes }分ほど待ってから、もう一度お試しください。
said-logged-out = ログアウトしました。
said-nobody = ログインしていません。
said-not-logged-in = ログインの有効期限が切れました。もう一度ログインしてください。
said-reset-unusable = このリンクは使えません。すでに使われたか、古すぎるか、新しいリンクが送られています。
said-unproven = 先にメールアドレスの確認をお願いします。お送りしたメールのリンクを開いてください。
said-verify-unusable = このリンクは使えません。すでに使われたか、古すぎます。

## メール

mail-hello = こんにちは。
mail-hello-name = { $first_name } 様
mail-welcome-subject = { $app_name } へようこそ
mail-welcome = { $app_name } のアカウントの準備ができました。ユーザー名は { $username } です。
mail-welcome-link = ログイン
mail-reset-subject = { $app_name } の新しいパスワードの設定
mail-reset = { $app_name } の { $username } について、新しいパスワードの設定が求められました。ご本人の場合は、こちらからお進みください。
mail-reset-link = 新しいパスワードを設定
mail-reset-end = リンクは1日以内に1回だけ使えます。お心当たりがない場合は、このメールを無視してください。パスワードは変わりません。
mail-verify-subject = { $app_name } のメールアドレスの確認
mail-verify = { $email } が { $app_name } でのあなたのメールアドレスであることを確認してください。
mail-verify-link = メールアドレスを確認
mail-verify-end = リンクは7日以内に1回だけ使えます。{ $app_name } のアカウントをお持ちでない場合は、このメールを無視してください。
