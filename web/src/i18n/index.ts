import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { WORD_SPACES } from "../ui/words";

export const LANGUAGES = [
  { code: "ko", name: "한국어", html: "ko" },
  { code: "en", name: "English", html: "en" },
  { code: "zh", name: "简体中文", html: "zh-CN" },
] as const;
export type Language = (typeof LANGUAGES)[number]["code"];

// A feature's texts are one namespace, named as its folder, and arrive with the feature's first page; its guide is
// another and arrives when it is opened. What the server says has texts of its own under locale/<namespace>.
const common = import.meta.glob<{ default: object }>("../locale/**/*.json");
const features = import.meta.glob<{ default: object }>("../features/*/{locale,guide}/*.json");

/** The namespace of a feature's guide. */
export const guideOf = (feature: string) => `guide/${feature}`;

function place(namespace: string, language: string) {
  if (namespace === "common") return common[`../locale/${language}.json`];
  if (namespace.startsWith("guide/")) return features[`../features/${namespace.slice(6)}/guide/${language}.json`];
  return (
    common[`../locale/${namespace}/${language}.json`] ?? features[`../features/${namespace}/locale/${language}.json`]
  );
}

const files: BackendModule = {
  type: "backend",
  init: () => {},
  read(language, namespace, done) {
    const load = place(namespace, language);
    if (!load) return done(new Error(`no texts for ${namespace} in ${language}`), false);
    load().then(
      (module) => done(null, module.default as never),
      (error: Error) => done(error, false),
    );
  },
};

function initialLanguage(): Language {
  const wanted = [localStorage.getItem("sodam.language"), ...navigator.languages];
  for (const tag of wanted) {
    const found = LANGUAGES.find(({ code }) => tag?.toLowerCase().startsWith(code));
    if (found) return found.code;
  }
  return "en";
}

export async function setupI18n(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = LANGUAGES.find(({ code }) => code === language)?.html ?? language;
  });
  await i18next
    .use(files)
    .use(initReactI18next)
    .init({
      lng: initialLanguage(),
      supportedLngs: LANGUAGES.map(({ code }) => code),
      fallbackLng: false,
      ns: ["common"],
      defaultNS: "common",
      fallbackNS: "common",
      interpolation: { escapeValue: false },
      react: { useSuspense: false },
      returnNull: false,
      saveMissing: true,
      missingKeyHandler: (languages, namespace, key) =>
        console.error(`missing translation: ${languages.join(",")} ${namespace}:${key}`),
    });
  // Wanted by the first refusal, not by the first page.
  void i18next.loadNamespaces([...WORD_SPACES]);
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem("sodam.language", language);
  await i18next.changeLanguage(language);
}
