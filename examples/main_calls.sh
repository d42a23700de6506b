#!/bin/sh
# The main calls of the API with curl.
set -eu

# call METHOD PATH [JSON]: prints the answer's body; fails when the server refuses.
call() {
  curl --silent --show-error --fail-with-body --request "$1" "$AUTHROCKET_URL$2" \
    --header "X-Authrocket-Api-Key: $AUTHROCKET_API_KEY" --header "X-Authrocket-Realm: $AUTHROCKET_REALM" \
    --header "Content-Type: application/json" --header "Accept: application/json" ${3+--data "$3"}
}

# status METHOD PATH [JSON]: prints the status.
status() {
  curl --silent --output /dev/null --write-out '%{http_code}' --request "$1" "$AUTHROCKET_URL$2" \
    --header "X-Authrocket-Api-Key: $AUTHROCKET_API_KEY" --header "X-Authrocket-Realm: $AUTHROCKET_REALM" \
    --header "Content-Type: application/json" ${3+--data "$3"}
}

# segment TEXT: the text as one segment of an address, so that it cannot lead to another one.
segment() {
  printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'
}

# check TOKEN: the session of a login token as a browser brought it; fails for whatever is none. It goes into the body.
check() {
  curl --silent --show-error --fail "${AUTHROCKET_URL}sessions/verify" --data-urlencode "token=$1" \
    --header "X-Authrocket-Api-Key: $AUTHROCKET_API_KEY" --header "X-Authrocket-Realm: $AUTHROCKET_REALM" |
    grep '^{"object":"session",'
}

# field NAME: the first text of this name in the JSON on the input.
field() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1
}

# With a login token as its argument the program says whose it is, and no more.
if [ $# -gt 0 ]; then
  if session=$(check "$1"); then
    echo "$(echo "$session" | field name) is logged in"
    exit 0
  fi
  echo "nobody is logged in"
  exit 1
fi

username="ada-$(date +%s)-$$@example.com"
password=tr0mbone-under-glass

org=$(call POST orgs '{"org":{"name":"Analytical Engines"}}' | sed 's/.*"id":"\(org_[^"]*\)".*/\1/')
user=$(call POST users "{\"user\":{\"user_type\":\"human\",\"username\":\"$username\",\"email\":\"$username\",
  \"password\":\"$password\",\"first_name\":\"Ada\",\"last_name\":\"Lovelace\"}}" | sed 's/.*"id":"\(usr_[^"]*\)".*/\1/')
call POST memberships "{\"membership\":{\"user_id\":\"$user\",\"org_id\":\"$org\",\"permissions\":[\"owner\"]}}" >/dev/null

# A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
token=$(call POST "users/$(segment "$username")/authenticate" "{\"password\":\"$password\"}" | field token)
session=$(check "$token")
echo "$(echo "$session" | field name) is logged in"

# A wrong password is 401.
test "$(status POST "users/$(segment "$username")/authenticate" '{"password":"wrong"}')" = 401

# Out at once: the next check does not find the session.
call DELETE "sessions/$(segment "$token")"
test "$(status GET "sessions/$(segment "$token")")" = 404

call DELETE "users/$(segment "$user")"
call DELETE "orgs/$(segment "$org")"
echo done
