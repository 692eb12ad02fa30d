import type { Tone } from "../../ui/Tag";
import type { Word } from "./api";

export const TONES: Record<Word["Action"], Tone> = {
  Block: "danger",
  Replace: "warning",
  Mark: "primary",
  Allow: "success",
};

/** Scripts whose words stand together without blanks, as the server has them (moderation/matcher.py), and signs. */
const ANYWHERE =
  /^[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]|^[^\p{L}\p{N}]/u;

/** Whether a word is found inside longer ones, too: it is said so, or its script leaves no choice. */
export const inside = ({ Word, Inside }: Pick<Word, "Word" | "Inside">) => Inside || ANYWHERE.test(Word);
