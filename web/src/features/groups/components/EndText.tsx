import { useTranslation } from "react-i18next";
import { TimeText } from "../../../ui/format";
import { FOR_EVER } from "../api";

/** When a mute or ban ends; 0: there is none. */
export function EndText({ at }: { at: number }) {
  const { t } = useTranslation("groups");
  return at >= FOR_EVER ? <span className="nowrap">{t("forEver")}</span> : <TimeText at={at} />;
}
