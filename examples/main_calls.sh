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

# field NAME: the first text of this name in the JSON on the input.
field() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1
}

username="ada-$(date +%s)-$$"
password=tr0mbone-under-glass

org=$(call POST orgs '{"org":{"name":"Analytical Engines"}}' | sed 's/.*"id":"\(org_[^"]*\)".*/\1/')
user=$(call POST users "{\"user\":{\"user_type\":\"human\",\"username\":\"$username\",\"email\":\"$username@example.com\",
  \"password\":\"$password\",\"first_name\":\"Ada\",\"last_name\":\"Lovelace\"}}" | sed 's/.*"id":"\(usr_[^"]*\)".*/\1/')
call POST memberships "{\"membership\":{\"user_id\":\"$user\",\"org_id\":\"$org\",\"permissions\":[\"owner\"]}}" >/dev/null

# A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
token=$(call POST "users/$username/authenticate" "{\"password\":\"$password\"}" | field token)
session=$(call GET "sessions/$token")
echo "$(echo "$session" | field name) is logged in"

# A wrong password is 401.
test "$(status POST "users/$username/authenticate" '{"password":"wrong"}')" = 401

# Out at once: the next check does not find the session.
call DELETE "sessions/$token"
test "$(status GET "sessions/$token")" = 404

call DELETE "users/$user"
call DELETE "orgs/$org"
echo done
