import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { WORD_SPACES } from "../../ui/words";

export interface Advised {
  Advice: string;
  Cause: string;
  Cure: string;
}

/** Cause and cure of a code in the reader's language, or what the server says of it. */
export function useAdvice(): (of: Advised) => { title: string; cure: string } {
  const { t } = useTranslation(["troubleshooting", ...WORD_SPACES]);
  return ({ Advice, Cause, Cure }) => {
    const key = /^\d+$/.test(Advice) ? `numbers:${Advice}` : `troubleshooting:words.${Advice}`;
    if (Advice && i18next.exists(`${key}.title`)) return { title: t(`${key}.title`), cure: t(`${key}.cure`) };
    return { title: Cause, cure: Cure };
  };
}
