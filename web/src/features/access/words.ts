import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, Mistake } from "../../api/client";
import { useWords } from "../../ui/words";

interface Described {
  Description: string;
}

interface Catalog {
  actions: <T extends Described & { Service: string; Action: string }>(line: T) => T;
  presets: <T extends Described & { PolicyName: string; Type: number }>(line: T) => T;
}

/** What a read answered, with the server's descriptions of actions and preset policies in the reader's language. */
export function useCatalog<T>(query: UseQueryResult<T, ApiError>, say: (catalog: Catalog, data: T) => T) {
  const { t, i18n, ready } = useTranslation("catalog");
  const { data } = query;
  // The texts depend on the language and on their arrival.
  const told = useMemo(() => {
    const text = (key: string, else_: string) => (i18n.exists(key, { ns: "catalog" }) ? t(key) : else_);
    const catalog: Catalog = {
      actions: (line) => ({ ...line, Description: text(`${line.Service}.${line.Action}`, line.Description) }),
      presets: (line) =>
        line.Type === 2 ? { ...line, Description: text(`preset.${line.PolicyName}`, line.Description) } : line,
    };
    return data && say(catalog, data);
  }, [data, i18n.language, ready]);
  return { ...query, data: told };
}

/** What a check answered, each mistake said in the reader's language. */
export function useMistakeTexts<T extends { Mistakes: Mistake[] }>(query: UseQueryResult<T, ApiError>) {
  const words = useWords();
  const { i18n } = useTranslation();
  const { data } = query;
  // The texts depend on the language.
  const told = useMemo(
    () => data && { ...data, Mistakes: data.Mistakes.map((one) => ({ ...one, Message: words(one).title })) },
    [data, i18n.language],
  );
  return { ...query, data: told };
}
