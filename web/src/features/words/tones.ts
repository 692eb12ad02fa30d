import type { Tone } from "../../ui/Tag";
import type { Word } from "./api";

export const TONES: Record<Word["Action"], Tone> = {
  Block: "danger",
  Replace: "warning",
  Mark: "primary",
  Allow: "success",
};
