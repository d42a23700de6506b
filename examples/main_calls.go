// The main calls of the API with Go 1.19 or later and nothing else.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

// refused is what the server says when it says no.
type refused struct {
	status int
	text   string
}

func (r *refused) Error() string { return fmt.Sprintf("%d: %s", r.status, r.text) }

// call makes one call; into may be nil.
func call(method, path string, body any, into any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, os.Getenv("AUTHROCKET_URL")+path, &sent)
	if err != nil {
		return err
	}
	request.Header.Set("X-Authrocket-Api-Key", os.Getenv("AUTHROCKET_API_KEY"))
	request.Header.Set("X-Authrocket-Realm", os.Getenv("AUTHROCKET_REALM"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return &refused{answer.StatusCode, string(text)}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

type session struct {
	Object string
	User   struct {
		Name        string
		Memberships []struct {
			Permissions []string
			Org         struct{ Name string }
		}
	}
}

// check gives the session of a login token as a browser brought it, or nil. The token goes into the body, and nothing
// but a session counts.
func check(token string) (*session, error) {
	var found session
	err := call("POST", "sessions/verify?expand=memberships", object{"token": token}, &found)
	var no *refused
	if errors.As(err, &no) && (no.status == 404 || no.status == 422) {
		return nil, nil
	}
	if err != nil || found.Object != "session" {
		return nil, err
	}
	return &found, nil
}

// isFromUs says whether a webhook's body is from our server: signed with the hook's secret, and not long ago.
func isFromUs(headers http.Header, body []byte, secret string) bool {
	id, timestamp := headers.Get("webhook-id"), headers.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	age := time.Since(time.Unix(seconds, 0))
	if err != nil || age > 5*time.Minute || age < -5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	wanted := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Fields(headers.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte(wanted)) {
			return true
		}
	}
	return false
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	// With a login token as its argument the program says whose it is, and no more.
	if len(os.Args) > 1 {
		found, err := check(os.Args[1])
		must(err)
		if found == nil {
			fmt.Println("nobody is logged in")
			os.Exit(1)
		}
		fmt.Println(found.User.Name, "is logged in")
		return
	}

	random := make([]byte, 4)
	_, err := rand.Read(random)
	must(err)
	username, password := "ada-"+hex.EncodeToString(random)+"@example.com", "tr0mbone-under-glass"

	// A webhook reports users who sign up from now on. On a developer's machine the server must be allowed to call it
	// (delivery.allowed_networks).
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	var hook struct{ ID, Secret string }
	must(call("POST", "app_hooks", object{"app_hook": object{
		"hook_type": "webhook", "destination": "http://" + listener.Addr().String() + "/hooks",
		"event_type": []string{"user.created"},
	}}, &hook))
	type event struct {
		EventType string `json:"event_type"`
		UserID    string `json:"user_id"`
	}
	events := make(chan event, 1)
	go http.Serve(listener, http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		var told event
		changed := append([]byte(" "), body...)
		if err != nil || !isFromUs(request.Header, body, hook.Secret) || isFromUs(request.Header, changed, hook.Secret) ||
			json.Unmarshal(body, &told) != nil {
			answer.WriteHeader(http.StatusForbidden)
			return
		}
		answer.WriteHeader(http.StatusNoContent)
		events <- told
	}))

	var org, user struct{ ID, Name string }
	must(call("POST", "orgs", object{"org": object{"name": "Analytical Engines"}}, &org))
	must(call("POST", "users", object{"user": object{
		"user_type": "human", "username": username, "email": username, "password": password,
		"first_name": "Ada", "last_name": "Lovelace",
	}}, &user))
	must(call("POST", "memberships", object{"membership": object{
		"user_id": user.ID, "org_id": org.ID, "permissions": []string{"owner"},
	}}, nil))

	select {
	case told := <-events:
		if told.EventType != "user.created" || told.UserID != user.ID {
			log.Fatal("another event: ", told)
		}
		fmt.Println("webhook:", told.EventType)
	case <-time.After(30 * time.Second):
		log.Fatal("no webhook came")
	}

	// A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
	var login struct{ Token string }
	must(call("POST", "users/"+url.PathEscape(username)+"/authenticate", object{"password": password}, &login))
	found, err := check(login.Token)
	must(err)
	if found == nil {
		log.Fatal("the login does not count")
	}
	membership := found.User.Memberships[0]
	fmt.Printf("%s is logged in, %s of %s\n", found.User.Name, membership.Permissions[0], membership.Org.Name)

	// Out at once: the next check does not find the session.
	must(call("DELETE", "sessions/"+url.PathEscape(login.Token), nil, nil))
	if found, err = check(login.Token); err != nil || found != nil {
		log.Fatal("the session lives on ", err)
	}

	// Lists go on behind the last id that was seen.
	users, after := 0, ""
	for more := true; more; {
		var page struct {
			MoreResults bool `json:"more_results"`
			Collection  []struct{ ID string }
		}
		must(call("GET", "users?max_results=100&after="+url.QueryEscape(after), nil, &page))
		users += len(page.Collection)
		if more = page.MoreResults; more {
			after = page.Collection[len(page.Collection)-1].ID
		}
	}
	fmt.Println(users, "users in the realm")

	must(call("DELETE", "app_hooks/"+url.PathEscape(hook.ID), nil, nil))
	must(call("DELETE", "users/"+url.PathEscape(user.ID), nil, nil))
	must(call("DELETE", "orgs/"+url.PathEscape(org.ID), nil, nil))
	fmt.Println("done")
}
