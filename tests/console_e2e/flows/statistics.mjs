import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openPage } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { texts } from "../support/texts.mjs";

/** Clocks to count by, of which one is more than half an hour away from midnight: no day ends while its figures are read. */
const ZONES = [
  { name: "+05:45", minutes: 345 },
  { name: "+08:45", minutes: 525 },
];
const minuteOfDay = (ahead) => Math.floor(Date.now() / 60_000 + ahead) % 1440;

/** What happens is on the real-time page without a reload; charts zoom, pan and toggle; days are told and downloaded. */
export async function statistics(hand, { server, browser, call, rest, app, run }) {
  const ask = await rest(server.url, call, app);
  const say = async (MsgRandom) => {
    const MsgBody = [{ MsgType: "TIMTextElem", MsgContent: { Text: "How is the river?" } }];
    const { ErrorCode } = await ask("openim/sendmsg", { From_Account: "ann", To_Account: "bea", MsgRandom, MsgBody });
    assert.equal(ErrorCode, 0);
  };
  // Clocks of the app, not of the browser, which is in Seoul.
  const { Version } = await call("im/DescribeAbilityConfInfo", { SDKAppID: app });
  const zone = ZONES.find(({ minutes }) => (minuteOfDay(minutes) + 30) % 1440 > 60);
  await call("im/SetAbilityConfInfo", { SDKAppID: app, Version, TimeZone: zone.name });
  await say(101);
  await realtime(hand, app, say, zone);
  await daily(hand, call, app);
  await files(hand, { server, browser, call, app, run });
}

async function realtime(hand, app, say, zone) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/realtime`);
  const figure = page.getByRole("region", { name: t("statistics:figure.C2CToday"), exact: true }).locator(".figure__value");
  const before = Number(await figure.textContent());
  await say(102);
  await hand.until(async () => Number(await figure.textContent()) > before, "the page hears of a message by itself");
  await hand.hears("statistics:live.on");
  const name = t("statistics:series.C2CSends");
  const chart = page.getByRole("img", { name: t("statistics:live.countOf", { name }), exact: true });
  await hand.until(async () => (await chart.getAttribute("data-drawn")) === "true", "the chart is drawn");
  await chart.scrollIntoViewIfNeeded();
  let told;
  await hand.until(async () => {
    const { x, y, width } = await chart.boundingBox();
    await page.mouse.move(x + width * 0.15, y + 100);
    const text = await chart.innerText();
    told = text.includes(t("statistics:line.RESTAPI")) && /(\d\d):(\d\d)/.exec(text);
    return told;
  }, "what is pointed at is told");
  const [, hour, minute] = told;
  const about = Math.min(0.09 * 1440, minuteOfDay(zone.minutes));
  assert.ok(Math.abs(Number(hour) * 60 + Number(minute) - about) < 60, `${hour}:${minute} is not about minute ${about}`);
  const card = hand.card("statistics:series.C2CSends");
  await gestures(hand, card, chart, card.getByRole("button", { name: t("statistics:line.RESTAPI") }).first(), "RESTAPI");
  await page.evaluate(() => scrollTo(0, 0));
  await hand.picture("realtime");
}

/** The wheel zooms, dragging pans, a button shows all again, the legend switches a line: by its range, and by what is drawn. */
async function gestures(hand, card, chart, key, line) {
  const { page } = hand;
  const part = () => chart.evaluate(({ dataset }) => [Number(dataset.from), Number(dataset.to)]);
  const drawn = () => chart.locator("canvas").first().evaluate((canvas) => canvas.toDataURL());
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width } = await chart.boundingBox();
  const at = [x + width / 2, y + 100];
  assert.deepEqual(await part(), [0, 100]);
  await page.mouse.move(...at);
  const whole = await drawn();
  // One turn after the other, each once what the one before does is seen: nothing is under way when the next act begins.
  const wide = async () => {
    const [from, to] = await part();
    return to - from;
  };
  for (let turn = 0; turn < 4; turn++) {
    const before = await wide();
    await page.mouse.wheel(0, -200);
    await hand.until(async () => (await wide()) < before, "the wheel zooms");
  }
  await hand.until(async () => (await drawn()) !== whole, "and what is drawn is another part");
  const [from, to] = await part();
  await page.mouse.down();
  await page.mouse.move(at[0] - width / 8, at[1]);
  await page.mouse.up();
  await hand.until(async () => (await part())[0] > from, "dragging pans");
  const [panned, end] = await part();
  assert.ok(Math.abs(end - panned - (to - from)) < 0.5, "by as much at both ends");
  await hand.press("statistics:chart.all", card);
  await hand.until(async () => (await part()).join() === "0,100", "everything is shown again");
  const shows = async () => (await chart.getAttribute("data-shown")).split(" ").includes(line);
  assert.deepEqual([await key.getAttribute("aria-pressed"), await shows()], ["true", true]);
  const shown = await drawn();
  await key.click();
  await hand.until(async () => (await drawn()) !== shown, "the line is gone");
  assert.deepEqual([await key.getAttribute("aria-pressed"), await shows()], ["false", false]);
  await key.click();
  await hand.until(shows, "and is back");
}

async function daily(hand, call, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/statistics?tab=messages`);
  await hand.hears("statistics:figure.C2CMessages");
  await hand.pressText(t("statistics:range.days", { count: 14 }));
  await page.waitForURL(/span=14/);
  await hand.until(async () => (await page.locator("tbody tr").count()) === 14, "fourteen days");
  const { Today } = await call("im/DescribeDailyStatistics", { SDKAppID: app, Kind: "users", From: "2026-01-01", To: "2026-01-01" });
  const from = new Date(Date.parse(Today) - 2 * 86_400_000).toISOString().slice(0, 10);
  await hand.press("statistics:range.free");
  await hand.fill(t("statistics:range.from"), Today);
  await hand.fill(t("statistics:range.to"), from);
  await hand.hears("statistics:range.backwards");
  await hand.fill(t("statistics:range.from"), from);
  await hand.fill(t("statistics:range.to"), Today);
  await hand.press("statistics:range.show");
  await hand.closed();
  await page.waitForURL(/span=free/);
  // Of days before anything was counted nothing is claimed.
  await hand.row(from).getByText(t("statistics:state.none"), { exact: true }).waitFor();
  await hand.hears("statistics:daily.before", { date: Today, count: 2 });
  await hand.picture("statistics");
  const { Days } = await call("im/DescribeDailyStatistics", { SDKAppID: app, Kind: "messages", From: from, To: Today });
  assert.ok(Days[2].Messages >= 2);
  const [file] = await Promise.all([page.waitForEvent("download"), hand.press("statistics:daily.csv")]);
  assert.match(file.suggestedFilename(), new RegExp(`^${app}-messages-${from}-${Today}\\.csv$`));
  const raw = await readFile(await file.path());
  assert.deepEqual([...raw.subarray(0, 3)], [0xef, 0xbb, 0xbf], "spreadsheets know it for UTF-8");
  const [head, ...rows] = raw.subarray(3).toString().trimEnd().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(head.slice(0, 2), [t("statistics:table.date"), t("statistics:column.Messages")]);
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[0].slice(0, 3), [from, "", ""]);
  assert.deepEqual(rows[2].slice(0, 2), [Today, String(Days[2].Messages)]);
  const month = new Date(Date.parse(Today) - 29 * 86_400_000).toISOString().slice(0, 10);
  await hand.go(`/apps/${app}/statistics?tab=messages&span=free&from=${month}&to=${Today}`);
  const card = hand.card("statistics:chart.messages");
  const chart = card.getByRole("img", { name: t("statistics:chart.messages"), exact: true });
  await hand.until(async () => (await chart.getAttribute("data-drawn")) === "true", "the chart of days is drawn");
  await gestures(hand, card, chart, card.getByRole("button", { name: t("statistics:column.C2CMessages"), exact: true }), "C2CMessages");
  await hand.go(`/apps/${app}/statistics`);
  await hand.hears("statistics:figure.PeakActiveUsers");
  await hand.tab("statistics:tabs.groups");
  await hand.hears("statistics:figure.PeakGroups");
}

/** The file of each tab, in two languages, holds what its page shows: read back as a spreadsheet reads it. */
async function files(hand, { server, browser, call, app, run }) {
  const others = { ko: "zh", zh: "ko", en: "ko" };
  const language = others[run.language];
  const page = await openPage(browser, { url: server.url, ...run, language, cookie: call.cookie() });
  try {
    await page.goto(`${server.url}/console/apps/${app}/statistics`);
    for (const reader of [hand, hands(page, texts(language), `${language}/statistics`, false)]) {
      for (const kind of ["users", "messages", "groups"]) await file(reader, kind, call, app);
    }
    assert.deepEqual([...new Set(page.problems)], []);
  } finally {
    await page.context().close();
  }
}

async function file({ t, page, go, press }, kind, call, app) {
  const day = { SDKAppID: app, Kind: kind, From: "2026-01-01", To: "2026-01-01" };
  const { Today: To } = await call("im/DescribeDailyStatistics", day);
  const From = new Date(Date.parse(To) - 13 * 86_400_000).toISOString().slice(0, 10);
  await go(`/apps/${app}/statistics?tab=${kind}&span=free&from=${From}&to=${To}`);
  const [saved] = await Promise.all([page.waitForEvent("download"), press("statistics:daily.csv")]);
  const raw = await readFile(await saved.path());
  assert.deepEqual([...raw.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const [head, ...rows] = cells(raw.subarray(3).toString());
  const shown = await page.evaluate(() => ({
    head: [...document.querySelectorAll("thead th")].map((cell) => cell.innerText.trim()),
    rows: [...document.querySelectorAll("tbody tr")].map((row) =>
      [...row.cells].map((cell) => (cell.querySelector(".day > span, .nowrap, .quiet") ?? cell).innerText.trim()),
    ),
  }));
  assert.deepEqual([rows.length, shown.rows.length], [14, 14]);
  assert.equal(new Set(head).size, head.length, "no two columns have one name");
  const known = (text) => (text === "–" ? "" : text.replace(/[,\s]/g, ""));
  for (const [at, name] of shown.head.entries()) {
    const column = head.indexOf(name);
    assert.ok(column >= 0, `${name} is a column of the file`);
    const inFile = rows.map((row) => row[column]).reverse();
    assert.deepEqual(inFile, shown.rows.map((row) => (at ? known(row[at]) : row[at])), `${kind}: ${name}`);
  }
  assert.deepEqual([rows[0][0], rows[13][0]], [From, To]);
  const { Days } = await call("im/DescribeDailyStatistics", { SDKAppID: app, Kind: kind, From, To });
  for (const [column, value] of Object.entries(Days[13]).filter(([, value]) => typeof value === "number")) {
    assert.equal(rows[13][head.indexOf(t(`statistics:column.${column}`))], String(value), column);
  }
  const state = head.indexOf(t("statistics:table.state"));
  assert.deepEqual(rows.map((row) => row[state]), Days.map(({ State }) => t(`statistics:state.${State}`)));
  for (const cell of [head, ...rows].flat()) assert.doesNotMatch(cell, /^[=+@\t\r]|^-(?!\d+\.\d\d%$)/, "no formula");
}

/** CSV as RFC 4180 has it: lines end with CR and LF, quotes double within quotes. */
function cells(text) {
  const lines = [[]];
  assert.ok(text.endsWith("\r\n"));
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") lines.push([]);
  }
  assert.equal(lines.pop().length, 0);
  assert.deepEqual([...new Set(lines.map((line) => line.length))], [lines[0].length], "lines of one length");
  return lines;
}
