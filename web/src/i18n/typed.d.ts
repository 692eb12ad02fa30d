import "i18next";

// Keys are checked by the browser tests and by src/i18n/texts.test.ts, which compares the three languages.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    returnNull: false;
  }
}
