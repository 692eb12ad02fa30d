import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { useFormat } from "./format";

/** What the server says of a refusal, a mistake or a result: which sentence, its values, and its own English. */
export interface Said {
  Code?: string;
  Detail?: string;
  Params?: Record<string, string | number>;
  Message?: string;
  /** The chat plane's number. */
  ErrorCode?: number;
  Action?: string;
  Resource?: string;
  Plan?: string;
}

export interface Words {
  title: string;
  cure: string;
  /** The server's own English, where the texts here say less than it does. */
  said: string;
}

/** Texts for what the server says. `refusals` and `results` go by name, `numbers` by the chat plane's number. */
export const WORD_SPACES = ["refusals", "results", "numbers"] as const;

// Their texts name the field that was wrong; what was wrong with it only the server's decoder knows.
const SAYS_LESS = new Set([
  "FieldValue",
  "MissingParameter",
  "NotJson",
  "FileUnreadable",
  "FileNoJson",
  "FileBrokenAt",
  "RowNoJson",
  "JobTriedAgain",
]);
const PLAIN = /^(SDKAppID|UserID|Uin|User|Group|Policy|Version|Name|Value|Why)$/;

/** Says what the server said in the reader's language. */
export function useWords(): (said: Said) => Words {
  const { t, ready } = useTranslation([...WORD_SPACES, "common"]);
  const format = useFormat();
  const value = (name: string, given: string | number): string => {
    if (name === "Field") return exists(`results:field.${given}`) ? t(`results:field.${given}`) : String(given);
    if (name === "Kinds")
      return String(given)
        .split(",")
        .map((kind) => t(`results:letters.${kind}`))
        .join(", ");
    if (name === "Plan") return exists(`app.plan.${given}`) ? t(`app.plan.${given}`) : String(given);
    if (typeof given !== "number" || PLAIN.test(name)) return String(given);
    if (name.endsWith("Time")) return format.time(given);
    return name.endsWith("Bytes") ? format.bytes(given) : format.number(given);
  };
  return (said) => {
    if (!ready) return { title: said.Message ?? "", cure: "", said: "" };
    const params = { Action: said.Action ?? "", Resource: said.Resource ?? "", Plan: said.Plan ?? "", ...said.Params };
    const values = Object.fromEntries(Object.entries(params).map(([name, given]) => [name, value(name, given)]));
    const { key, exact } = keyOf(said);
    if (!key) return { title: said.Message ?? "", cure: "", said: "" };
    const count = Number(said.Params?.Count ?? 0);
    return {
      title: t(`${key}.title`, { ...values, count }),
      cure: exists(`${key}.cure`) ? t(`${key}.cure`, { ...values, count }) : "",
      said: exact ? "" : (said.Message ?? ""),
    };
  };
}

const exists = (key: string) => i18next.exists(key) || i18next.exists(`${key}_other`);

/** The most exact text there is: by the rule, by the chat plane's number, by the code, by the code's class. */
export function keyOf({ Code = "", Detail = "", ErrorCode = 0 }: Said): { key: string; exact: boolean } {
  const named = [Detail, ...(ErrorCode ? [] : [Code])];
  for (const name of named.filter(Boolean).map((name) => name.replaceAll(".", "_"))) {
    const space = WORD_SPACES.find((one) => exists(`${one}:${name}.title`));
    // A class of codes alone says less than the server does.
    if (space) return { key: `${space}:${name}`, exact: !SAYS_LESS.has(name) && !CLASSES.has(name) };
  }
  // A detail that is the number itself was found above: then its meaning is all that there is to say.
  if (ErrorCode) return { key: `numbers:${exists(`numbers:${ErrorCode}.title`) ? ErrorCode : "other"}`, exact: false };
  const family = Code.split(".")[0] ?? "";
  if (family && exists(`refusals:${family}.title`)) return { key: `refusals:${family}`, exact: false };
  return { key: Code ? "refusals:Other" : "", exact: false };
}

/** Codes that many rules share: a refusal with nothing more than that shows the server's words too. */
const CLASSES = new Set([
  "InvalidParameter",
  "ResourceNotFound",
  "ResourceInUse",
  "FailedOperation",
  "OperationDenied",
  "LimitExceeded",
  "UnsupportedOperation",
  "InvalidAction",
]);
