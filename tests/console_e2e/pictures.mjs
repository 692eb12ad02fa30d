// Takes the pictures of the documentation anew: node tests/console_e2e/pictures.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signIn } from "./support/api.mjs";
import { launch, openPage, settled } from "./support/browser.mjs";
import { prepare } from "./support/data.mjs";
import { APP, REPOSITORY, startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

const PLACE = join(REPOSITORY, "docs/images");
const server = await startServer();
const call = await signIn(server.url);
await prepare(call);
const browser = await launch();

async function shot(run, path, act = async () => undefined) {
  const page = await openPage(browser, { url: server.url, cookie: call.cookie(), ...run });
  await page.goto(`${server.url}/console${path}`);
  await page.waitForSelector("h1");
  await settled(page);
  await act(page, texts(run.language));
  await settled(page);
  const picture = await page.screenshot({ caret: "initial" });
  await page.context().close();
  return picture;
}

/** Pictures side by side as one WebP, small enough for a page of documentation. */
async function keep(name, ...pictures) {
  const page = await browser.newPage();
  const sources = pictures.map((picture) => `data:image/png;base64,${picture.toString("base64")}`);
  const data = await page.evaluate(async (urls) => {
    const images = await Promise.all(
      urls.map(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        return image;
      }),
    );
    const gap = 24;
    const canvas = document.createElement("canvas");
    canvas.width = images.reduce((sum, image) => sum + image.width, gap * (images.length - 1));
    canvas.height = Math.max(...images.map((image) => image.height));
    const paper = canvas.getContext("2d");
    let left = 0;
    for (const image of images) {
      paper.drawImage(image, left, 0);
      left += image.width + gap;
    }
    return canvas.toDataURL("image/webp", 0.82);
  }, sources);
  await page.close();
  const bytes = Buffer.from(data.split(",")[1], "base64");
  writeFileSync(join(PLACE, `${name}.webp`), bytes);
  console.log(`${name}.webp: ${(bytes.length / 1024).toFixed(0)} KiB`);
}

mkdirSync(PLACE, { recursive: true });
const wide = { language: "en", theme: "light", width: 1280 };
await keep(
  "console-accounts",
  await shot(wide, `/apps/${APP}/accounts`, async (page, t) => {
    for (const name of ["anna", "daniel", "mina"]) await page.getByLabel(t("table.select", { name })).check();
    await page.evaluate(() => scrollTo(0, 0));
  }),
);
await keep(
  "console-account",
  await shot(
    { language: "zh", theme: "dark", width: 1280 },
    `/apps/${APP}/accounts/mina?tab=friends`,
    async (page, t) => {
      await page.locator("tbody tr", { hasText: "joon" }).getByRole("button", { name: t("action.edit") }).click();
    },
  ),
);
await keep(
  "console-policy",
  await shot(wide, "/access/policies/new", async (page, t) => {
    await page.getByLabel(t("access:gen.actions")).selectOption("some");
    for (const action of ["DescribeAccountList", "DescribeAccount", "ModifyAccountProfile"]) {
      await page.getByLabel(action, { exact: true }).check();
    }
    await page.getByRole("button", { name: t("access:gen.addCondition") }).click();
    await page.getByLabel(t("access:gen.values")).fill("198.51.100.0/24");
    await page.evaluate(() => scrollTo(0, 0));
  }),
);
const phone = { language: "ko", theme: "light", width: 390 };
await keep(
  "console-phone",
  await shot(phone, "/"),
  await shot({ ...phone, theme: "dark" }, `/apps/${APP}/messages`),
  await shot(phone, `/apps/${APP}/accounts/mina?tab=friends`),
);
await browser.close();
await server.stop();
