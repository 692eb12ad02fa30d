import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { BareSelect, Checkbox } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import type { Wishes } from "../line";

interface Props {
  app: number;
  /** The app's switch. */
  on: boolean;
  /** Whether the server names a TURN server. */
  relay: boolean;
  wishes: Wishes;
  onChange: (wishes: Wishes) => void;
}

const SECONDS = [10, 30, 60];

/** How the calls of the test chat are made, or where they are switched on. */
export function CallOptions({ app, on, relay, wishes, onChange }: Props) {
  const { t } = useTranslation("calls");
  const format = useFormat();
  if (!on) {
    return (
      <p className="quiet">
        {t("off")}{" "}
        <Link to="/apps/$app/basic" params={{ app: String(app) }}>
          {t("switch")}
        </Link>
      </p>
    );
  }
  return (
    <div className="row">
      <span aria-hidden="true">{t("rings")}</span>
      <BareSelect
        small
        label={t("rings")}
        value={wishes.timeout}
        options={SECONDS.map((value) => ({ value, label: format.span(value) }))}
        onChange={(timeout) => onChange({ ...wishes, timeout })}
      />
      {relay ? (
        <Checkbox
          checked={wishes.relayOnly}
          label={t("relayOnly")}
          onChange={(relayOnly) => onChange({ ...wishes, relayOnly })}
        />
      ) : (
        <span className="quiet">{t("noRelay")}</span>
      )}
    </div>
  );
}
