import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { SelectField } from "../../../ui/Field";
import { useCertificates } from "../api";
import { shown } from "../shown";

/** How a device shows a push, roughly: each maker draws it in its own way, and cuts it elsewhere. */
export function Preview({ app, title, text, fixed }: { app: number; title: string; text: string; fixed?: boolean }) {
  const { t } = useTranslation("push");
  const { data } = useApp(app);
  const { data: known } = useCertificates(app);
  const used = new Set(known?.Certificates.map(({ Vendor }) => Vendor));
  const vendors = known?.Vendors.filter(({ Vendor }) => used.has(Vendor)) ?? [];
  const [chosen, setChosen] = useState("");
  const vendor = vendors.find(({ Vendor }) => Vendor === chosen);
  const [first, firstCut] = shown(title || data?.Name || t("compose.title"), vendor?.TitleShown ?? 0);
  const [then, thenCut] = shown(text || t("preview.empty"), vendor?.TextShown ?? 0);
  const cutBy = vendors.filter(({ TitleShown, TextShown }) => shown(title, TitleShown)[1] || shown(text, TextShown)[1]);
  return (
    <figure className="preview">
      {!fixed && vendors.length > 0 && (
        <SelectField
          label={t("preview.on")}
          value={vendor?.Vendor ?? ""}
          options={[
            { value: "", label: t("preview.any") },
            ...vendors.map(({ Vendor }) => ({ value: Vendor, label: t(`vendor.${Vendor}`) })),
          ]}
          onChange={setChosen}
        />
      )}
      <div className="preview__card">
        <p className="preview__app">
          <span className="preview__icon" aria-hidden="true" />
          <span className="grow oneline">{data?.Name ?? app}</span>
          <span>{t("preview.now")}</span>
        </p>
        <p className="preview__title">{first}</p>
        <p className={`preview__text ${vendor ? "preview__text--whole" : ""}`}>{then}</p>
      </div>
      <figcaption className="quiet">
        {vendor
          ? vendor.TextShown
            ? t(firstCut || thenCut ? "preview.cut" : "preview.fits", {
                title: vendor.TitleShown,
                text: vendor.TextShown,
              })
            : t("preview.whole")
          : cutBy.length
            ? t("preview.cutBy", { vendors: cutBy.map(({ Vendor }) => t(`vendor.${Vendor}`)).join(", ") })
            : t("preview.about")}
      </figcaption>
    </figure>
  );
}
