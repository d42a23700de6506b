// What a page that was given hostile texts is looked at for: scripts that run or that only its policy stops, elements and
// attributes that it should not have, and the texts themselves.
// @ts-check

/** @import { BrowserContext, Page } from "playwright-core" */

/**
 * What runs or is stopped from now on.
 * @param {Page} page
 * @param {BrowserContext} context
 */
export async function watch(page, context) {
  /** @type {string[]} */
  const findings = [];
  const note = (/** @type {string} */ what) => findings.push(`${what} at ${page.url()}`);
  await context.exposeFunction("xss", () => note("a script ran"));
  await context.exposeFunction("stoppedByPolicy", (/** @type {string} */ what) => note(`only the policy stopped ${what}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // @ts-expect-error It is ours, from outside of the page.
      window.stoppedByPolicy(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  page.on("dialog", (dialog) => {
    note(`a dialog said ${dialog.message()}`);
    return dialog.dismiss();
  });
  return findings;
}

/**
 * The page's elements, each with the names of its attributes and the schemes of its addresses. An app's own HTML and
 * the list of what is wrong with a form are left out: `foreign` looks into the first, and the second is checked here.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function outline(page) {
  return page.evaluate(() => {
    const OF_ERRORS = ["aria-invalid", "aria-describedby", "autofocus"];
    const ADDRESSES = ["href", "src", "action", "formaction", "data", "srcdoc", "poster", "background"];
    /** @type {string[]} */
    const lines = [];
    const walk = (/** @type {Element} */ element, /** @type {number} */ depth) => {
      if (element.matches("footer.own")) return;
      if (element.matches("header.own, header.brand")) {
        lines.push("header");
        return;
      }
      if (element.matches("#problem, p.error")) {
        for (const part of element.querySelectorAll("*")) {
          const names = part.getAttributeNames().filter((name) => name !== "id");
          const link = part.matches("a") && names.join() === "href" && part.getAttribute("href")?.startsWith("#");
          if (!part.matches("h2, ul, li, p, a") || (names.length > 0 && !link)) lines.push(`among errors: ${part.outerHTML}`);
        }
        return;
      }
      const names = element.getAttributeNames().filter((name) => !OF_ERRORS.includes(name)).sort();
      const schemes = names.filter((name) => ADDRESSES.includes(name)).map((name) => {
        return new URL(element.getAttribute(name) ?? "", document.baseURI).protocol;
      });
      lines.push([" ".repeat(depth) + element.localName, ...names, ...schemes].join(" "));
      for (const child of element.children) walk(child, depth + 1);
    };
    walk(document.documentElement, 0);
    return lines;
  });
}

/**
 * What an app's own HTML has and should not have: elements that do more than show something, attributes besides a few,
 * addresses that lead anywhere but to the web, a mailbox or a telephone.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function foreign(page) {
  return page.evaluate(() => {
    const SHOWN =
      "a,abbr,acronym,area,article,aside,b,bdi,bdo,blockquote,br,caption,center,cite,code,col,colgroup,data,dd,del," +
      "details,dfn,div,dl,dt,em,figcaption,figure,footer,h1,h2,h3,h4,h5,h6,header,hgroup,hr,i,img,ins,kbd,li,map,mark,nav," +
      "ol,p,pre,q,rp,rt,rtc,ruby,s,samp,small,span,strike,strong,sub,summary,sup,table,tbody,td,th,thead,time,tr,tt,u,ul," +
      "var,wbr";
    const NAMES = ["class", "lang", "title", "dir", "href", "target", "rel", "src", "alt", "width", "height"];
    const SCHEMES = ["http:", "https:", "mailto:", "tel:"];
    /** @type {string[]} */
    const found = [];
    for (const element of document.querySelectorAll("header.own *, footer.own *")) {
      const odd = element.getAttributeNames().filter((name) => {
        if (!NAMES.includes(name)) return true;
        const address = name === "href" || name === "src";
        return address && !SCHEMES.includes(new URL(element.getAttribute(name) ?? "", document.baseURI).protocol);
      });
      if (!element.matches(SHOWN) || odd.length > 0) found.push(element.outerHTML);
    }
    return found;
  });
}

/**
 * All that the page shows and holds: its title and text, the values of its fields, what its links carry along.
 * @param {Page} page
 */
export async function everything(page) {
  const parts = await page.evaluate(() => {
    const values = [...document.querySelectorAll("input")].map((input) => input.value);
    const links = [...document.querySelectorAll("a[href], form[action]")].flatMap((one) => {
      const address = new URL(one.getAttribute("href") ?? one.getAttribute("action") ?? "", document.baseURI);
      return [...address.searchParams.values()];
    });
    return [document.title, document.body.textContent ?? "", ...values, ...links];
  });
  return parts.map(plain).join("\n");
}

/**
 * Without the marks that keep directions of writing apart, and with single spaces.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[\u2068\u2069]/g, "").replace(/\s+/g, " ").trim();
}
