import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";

/** How a device shows a push, roughly: each maker draws it in its own way. */
export function Preview({ app, title, text }: { app: number; title: string; text: string }) {
  const { t } = useTranslation("push");
  const { data } = useApp(app);
  return (
    <figure className="preview">
      <div className="preview__card">
        <p className="preview__app">
          <span className="preview__icon" aria-hidden="true" />
          <span className="grow oneline">{data?.Name ?? app}</span>
          <span>{t("preview.now")}</span>
        </p>
        <p className="preview__title">{title || data?.Name || t("compose.title")}</p>
        <p className="preview__text">{text || t("preview.empty")}</p>
      </div>
      <figcaption className="quiet">{t("preview.about")}</figcaption>
    </figure>
  );
}
