// A Connected App's own look: its colour, logo, stylesheet, header and footer, in light and dark; names that are very
// long; and its pages at a domain of its own.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { ALL_SCREENS, SCREENS, examine } from "./looking.mjs";
import { Site } from "./sites.mjs";
import { MODES, Stage } from "./support.mjs";

/** @import { Page } from "playwright-core" */

/** A logo of 400 × 100 with the name in it. @param {string} colour */
function wordmark(colour) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100" viewBox="0 0 400 100">
    <text x="0" y="76" font-family="sans-serif" font-size="80" font-weight="700" fill="${colour}">Northwind</text></svg>`;
}

const stage = await Stage.open({ GANTRY_TRIES_PER_ADDRESS: "1000" });
const site = new Site(
  new Map([
    ["/brand.css", ":root { --round: 0; } h1 { font-style: italic; } .by-line { font-size: 0.875rem; }"],
    [
      "/logo.svg",
      `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80" viewBox="0 0 80 80">
        <circle cx="40" cy="40" r="40" fill="#c2185b"/><path d="M40 16l20 48H20z" fill="#fff"/></svg>`,
    ],
    ["/wordmark.svg", wordmark("#c2185b")],
    ["/wordmark-dark.svg", wordmark("#ffffff")],
  ]),
);
await site.open();
const brand = site.at("brand.localhost");
after(async () => {
  await site.close();
  await stage.close();
});

const NO_LOOK = { header: null, footer: null, external_css: null, logo_url: null, logo_dark_url: null, favicon_url: null, accent_color: null };
afterEach(async () => {
  await stage.setApp({ ...NO_LOOK, name: "Demo", custom_domains: [] });
  await stage.setRealm({ name: "Demo" });
});

const COLOUR = { accent_color: "#c2185b", logo_url: `${brand}/logo.svg` };
const HTML = {
  header: `<p class="by-line"><a href="https://books.example/">Books &amp; Sons</a></p>
    <script>document.documentElement.dataset.ran = "header"</script>`,
  footer: `<p class="by-line">© Books &amp; Sons, <a href="https://books.example/privacy">what we keep of you</a></p>
    <p onclick="alert(1)">Since 1871</p>`,
  external_css: `${brand}/brand.css`,
};

/** @param {Page} page */
async function wrongPassword(page) {
  await page.goto(stage.login("login"));
  await stage.sendLogin(page, { username: "nobody-of-this-name", password: "not the password" });
  await page.getByRole("alert").waitFor();
}

/**
 * A colour of the first element that is found, as the browser has it.
 * @param {Page} page
 * @param {string} selector
 * @param {"backgroundColor" | "color"} what
 */
const painted = (page, selector, what) =>
  page.locator(selector).first().evaluate((element, what) => getComputedStyle(element)[what], what);

describe("colour and logo", () => {
  test("are the app's", async () => {
    await stage.setApp(COLOUR);
    await stage.visit({ colorScheme: "light" }, async ({ page }) => {
      await page.goto(stage.login("login"));
      assert.equal(await painted(page, ".primary", "backgroundColor"), "rgb(194, 24, 91)");
      assert.equal(await painted(page, ".aside a", "color"), "rgb(194, 24, 91)");
      const logo = page.locator("img.logo");
      await logo.evaluate((image) => (image instanceof HTMLImageElement ? image.decode() : Promise.reject()));
      assert.equal(await logo.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth), 80);
      assert.equal(await page.locator(".mark").count(), 0);
    });
  });

  // White is invisible on light paper, black on dark: both become legible, which axe measures.
  for (const [name, accent_color] of [
    ["magenta", "#c2185b"],
    ["white", "#ffffff"],
    ["black", "#000000"],
    ["yellow", "#ffeb3b"],
  ]) {
    for (const screen of SCREENS.slice(0, name === "magenta" ? 2 : 1)) {
      test(`${name} is legible on ${screen.name}`, async () => {
        await stage.setApp({ ...COLOUR, accent_color });
        await stage.visit(screen.options, async ({ page }) => {
          await wrongPassword(page);
          await examine(stage, page, screen, `look-${name}`);
        });
      });
    }
  }
});

describe("brand color", () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`stays as it is on buttons, ${colorScheme}`, async () => {
      await stage.setApp({ ...COLOUR, accent_color: "#ffd400" });
      await stage.visit({ colorScheme }, async ({ page }) => {
        await page.goto(stage.login("login"));
        assert.equal(await painted(page, ".primary", "backgroundColor"), "rgb(255, 212, 0)");
        assert.equal(await painted(page, ".primary", "color"), "rgb(0, 0, 0)");
      });
    });
  }
});

describe("logo", () => {
  const wide = { logo_url: `${brand}/wordmark.svg`, logo_dark_url: `${brand}/wordmark-dark.svg` };
  const box = (/** @type {Page} */ page) => page.locator("img.logo").evaluate(async (image) => {
    if (!(image instanceof HTMLImageElement)) throw new Error("no image");
    await image.decode();
    const { width, height } = image.getBoundingClientRect();
    return { width, height, shown: image.currentSrc };
  });

  test("of 400 × 100 is 40 pixels high, and stands for the name", async () => {
    await stage.setApp(wide);
    await stage.visit({ colorScheme: "light" }, async ({ page }) => {
      await page.goto(stage.login("login"));
      assert.deepEqual(await box(page), { width: 160, height: 40, shown: wide.logo_url });
      const [frame, name] = await Promise.all([page.locator(".brand").boundingBox(), page.locator(".name").boundingBox()]);
      assert.ok(frame && name && name.y >= frame.y + frame.height, "the name is below what is shown");
    });
  });

  test("has another picture on dark pages", async () => {
    await stage.setApp(wide);
    await stage.visit({ colorScheme: "dark" }, async ({ page }) => {
      await page.goto(stage.login("login"));
      assert.equal((await box(page)).shown, wide.logo_dark_url);
    });
  });

  test("that is square stands beside the name", async () => {
    await stage.setApp(COLOUR);
    await stage.visit({ colorScheme: "light" }, async ({ page }) => {
      await page.goto(stage.login("login"));
      assert.deepEqual((await box(page)).width, 40);
      const [logo, name] = await Promise.all([page.locator(".logo").boundingBox(), page.locator(".name").boundingBox()]);
      assert.ok(logo && name && name.x > logo.x + logo.width && Math.abs(logo.y - name.y) < 20, "one line");
    });
  });

  for (const screen of SCREENS) {
    test(`fits on ${screen.name}`, async () => {
      await stage.setApp({ ...wide, accent_color: "#ffd400" });
      await stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("login"));
        await examine(stage, page, screen, "look-wordmark");
      });
    });
  }
});

describe("header, footer and stylesheet", () => {
  for (const { name, javaScriptEnabled } of MODES) {
    test(`are shown, and run nothing, ${name}`, async () => {
      await stage.setApp({ ...COLOUR, ...HTML });
      await stage.visit({ javaScriptEnabled }, async ({ page }) => {
        await page.goto(stage.login("login"));
        await page.getByRole("link", { name: "Books & Sons" }).waitFor();
        await page.getByRole("link", { name: "what we keep of you" }).waitFor();
        assert.equal(await page.locator(".own script").count(), 0);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.ran), undefined);
        assert.equal(await page.getByText("Since 1871").getAttribute("onclick"), null);
        const style = await page.locator("h1").evaluate((element) => getComputedStyle(element).fontStyle);
        assert.equal(style, "italic", "the app's stylesheet, which is read last");
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/hello"));
      });
    });
  }

  for (const screen of SCREENS) {
    test(`fit on ${screen.name}`, async () => {
      await stage.setApp({ ...COLOUR, ...HTML });
      await stage.visit(screen.options, async ({ page }) => {
        await wrongPassword(page);
        await examine(stage, page, screen, "look-html");
        await page.goto(stage.login("nothing-here"));
        await examine(stage, page, screen, "look-html-not-found");
      });
    });
  }
});

describe("very long names", () => {
  const app = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  const realm = "The Worshipful Company of Makers of Playing Cards and of Framework Knitters of the City of London";
  for (const screen of ALL_SCREENS) {
    test(`fit on ${screen.name}`, async () => {
      await stage.setApp({ name: app });
      await stage.setRealm({ name: realm });
      await stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("login"));
        await examine(stage, page, screen, "long-names");
      });
    });
  }
});

describe("a domain of the app's own", () => {
  const domain = "login.custom.localhost";
  /** @param {string} page */
  const at = (page) => {
    const url = new URL(stage.login(page));
    url.hostname = domain;
    return url.href;
  };

  for (const { name, javaScriptEnabled } of MODES) {
    test(`has the same pages, ${name}`, async () => {
      await stage.setApp({ custom_domains: [domain] });
      await stage.visit({ javaScriptEnabled }, async ({ page, context, visited }) => {
        for (const address of ["login", "signup", "password/forgot", "password/reset", "browser/forget"]) {
          await page.goto(stage.login(address));
          const expected = await page.locator("body").innerText();
          await page.goto(at(address));
          assert.equal(await page.locator("body").innerText(), expected, address);
        }
        visited.length = 0;
        await page.goto(at("login?redir=%2Fjwt"));
        await stage.sendLogin(page, { password: "not the password" });
        await page.getByRole("alert").waitFor();
        await stage.sendLogin(page);
        await page.waitForURL(stage.app("/jwt"));
        assert.equal(stage.handed(visited).get("redir"), "/jwt");
        const remembered = (await context.cookies()).filter((cookie) => cookie.name.endsWith("session"));
        assert.ok(remembered.some((cookie) => cookie.domain === domain), "remembered where the login was");
        await page.goto(at("logout"));
        await page.getByRole("button", { name: "Log out" }).click();
        await page.waitForURL(at("login?notice=logged-out"));
      });
    });
  }

  test("that was taken away is nobody's", () =>
    stage.visit({}, async ({ page }) => {
      assert.equal((await page.goto(at("login")))?.status(), 404);
      assert.equal((await page.locator("body").innerText()).includes("Demo"), false);
    }));
});

describe("buttons of other sites", () => {
  const kinds = ["google", "github", "facebook", "linkedin", "slack", "yahoo"];
  before(async () => {
    for (const provider_type of kinds) {
      const body = { auth_provider: { provider_type, client_id: "gantry", client_secret: "a secret" } };
      const made = await stage.api("auth_providers", { method: "POST", body });
      assert.equal(made.status, 201, JSON.stringify(made.body));
    }
  });

  for (const screen of SCREENS) {
    test(`carry each site's mark on ${screen.name}`, () =>
      stage.visit(screen.options, async ({ page }) => {
        await page.goto(stage.login("login"));
        const marks = page.locator(".other > svg.provider-mark[aria-hidden=true]");
        assert.equal(await marks.count(), kinds.length);
        for (const box of await Promise.all((await marks.all()).map((mark) => mark.boundingBox()))) {
          assert.deepEqual([box?.width, box?.height], [20, 20]);
        }
        await examine(stage, page, screen, "provider-marks");
      }));
  }
});
