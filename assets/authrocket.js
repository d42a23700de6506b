// AuthRocket for your own login forms: docs/guide/browser-api.md.
// @ts-check

/**
 * What a handler gets. On failure `error` is a sentence for the person, `errors` has those of each field.
 * @typedef {object} ARResponse
 * @property {string} [error]
 * @property {Record<string, string[]>} [errors]
 * @property {string} [message] for the person
 * @property {string} [token] the login token; with `second_factor`, for authenticateCode
 * @property {string} [url] where to send the browser
 * @property {"totp"} [second_factor]
 * @property {string} [email_request_token] for requestEmailVerification
 * @property {number} [retry_after]
 * @property {string} [challenge] work that signup() does
 * @property {{id: string, username: string, name: string}} [user]
 * @property {number} [expires_at] epoch seconds
 * @property {{id: string, provider_type: string, name: string, url: string}[]} [collection]
 */
/** @typedef {(response: ARResponse) => void} ARHandler */
/** @typedef {Record<string, unknown> | HTMLFormElement} ARParams */
/** @typedef {(params?: ARParams | ARHandler, handler?: ARHandler) => Promise<ARResponse>} ARCall */

var AuthRocket = (function () {
  "use strict";

  var script = document.currentScript;
  // Where it was loaded from.
  var base = script instanceof HTMLScriptElement ? script.src.replace(/[^/]*$/, "") : "";

  /**
   * Speaks the page's language.
   * @param {string} path
   * @param {ARParams} params
   * @returns {Promise<ARResponse>}
   */
  function send(path, params) {
    var sent = params instanceof HTMLFormElement ? Object.fromEntries(new FormData(params)) : params;
    var language = document.documentElement.lang;
    return fetch(base + path + (language && "?locale=" + encodeURIComponent(language)), {
      method: "POST",
      credentials: "include",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(sent),
    })
      .then(function (answer) {
        return answer.json().then(function (response) {
          if (!answer.ok && !response.error) throw new Error(answer.statusText);
          return response.challenge && !sent.challenge ? solved(path, sent, response) : response;
        });
      })
      .catch(function (why) {
        if (why instanceof TypeError)
          fetch(base + "session", { mode: "no-cors" }).then(
            () => console.error("AuthRocket: add " + location.origin + " to the Connected App's allowed_origins"),
            () => {},
          );
        return { error: "The login server cannot be reached. Please try again." };
      });
  }

  /**
   * The same once more with the work that the answer asked for.
   * @param {string} path
   * @param {Record<string, unknown>} sent
   * @param {ARResponse} response
   */
  function solved(path, sent, response) {
    return import(base + "proof_of_work.js")
      .then(function (work) {
        return work.solve(response.challenge);
      })
      .then(function (solution) {
        return send(path, Object.assign({}, sent, { challenge: response.challenge, challenge_solution: solution }));
      });
  }

  /**
   * @param {string} path
   * @param {ARHandler} [standard] used where no handler is given
   * @returns {ARCall}
   */
  function call(path, standard) {
    return function (params, handler) {
      var own = typeof params === "function" ? params : handler || standard;
      var sent = !params || typeof params === "function" ? {} : params;
      return send(path, sent).then(function (response) {
        if (own) own(response);
        return response;
      });
    };
  }

  /**
   * Shows errors in this element, or else in a dialog; follows `url`; asks for a code.
   * @param {string} id
   * @returns {ARHandler}
   */
  function standard(id) {
    return function handle(response) {
      var box = document.getElementById(id);
      var text = response.error || response.message || "";
      if (box) box.textContent = text;
      // A login has five tries.
      if (response.second_factor) ask(5, "");
      else if (response.url && !response.error) location.assign(response.url);
      else if (text && !box) alert(text);

      /** @param {number} left @param {string} said */
      function ask(left, said) {
        var code = prompt(said + "The code that your authenticator app shows:");
        if (!code) return;
        AuthRocket.authenticateCode({ token: response.token, code: code }, function (next) {
          if (next.error && !next.retry_after && --left) ask(left, next.error + "\n\n");
          else handle(next);
        });
      }
    };
  }

  return {
    /** @param {string} url your LoginRocket URL, with or without `v1` at its end */
    setInstanceUrl: function (url) {
      base = url.replace(/(\/+v1)?\/*$/, "/v1/");
    },
    /** `{username or email, password}` */
    authenticate: call("login", standard("login-errors")),
    /** `{token, code}`, after an answer with `second_factor` */
    authenticateCode: call("login/code", standard("login-errors")),
    /** `{username, email, password, password_confirmation, first_name, last_name}` */
    signup: call("signup", standard("signup-errors")),
    /** `{token}` */
    logout: call("logout", standard("login-errors")),
    /** `{username or email}` */
    forgotPassword: call("password/forgot", standard("password-errors")),
    /** `{token, password, password_confirmation}`, with the token of the mail */
    resetPassword: call("password/reset", standard("password-errors")),
    /** `{token, current_password, password, password_confirmation}`, with the login token */
    updatePassword: call("password/update", standard("password-errors")),
    /** `{token}` of the mail */
    verifyEmail: call("email/verify", standard("email-errors")),
    /** `{token}`: a login token, or an `email_request_token` */
    requestEmailVerification: call("email/request", standard("email-errors")),
    /** `{token}`, or nothing to ask what this browser remembers */
    session: call("session"),
    /** The other ways to log in, each with its `url` */
    authProviders: call("auth_providers"),
  };
})();
