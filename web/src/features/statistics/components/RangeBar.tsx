import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useTableState } from "../../../ui/tableState";
import { daysOf, MOST_DAYS, type Range, SPANS } from "../range";

/** Which days are shown; kept in the address. */
export function RangeBar({ range, upTo }: { range: Range; upTo: string }) {
  const { t } = useTranslation("statistics");
  const { set } = useTableState();
  const [open, setOpen] = useState(false);
  const free = "from" in range;
  return (
    <fieldset className="row row--tight spans" aria-label={t("range.label")}>
      {SPANS.map((days) => (
        <button
          key={days}
          type="button"
          className="spans__one"
          aria-pressed={!free && range.days === days}
          onClick={() => set({ span: days === SPANS[0] ? "" : days, from: "", to: "" })}
        >
          {t("range.days", { count: days })}
        </button>
      ))}
      <button type="button" className="spans__one" aria-pressed={free} onClick={() => setOpen(true)}>
        {free ? `${range.from} – ${range.to}` : t("range.free")}
      </button>
      {open && <FreeRange range={range} upTo={upTo} onClose={() => setOpen(false)} />}
    </fieldset>
  );
}

function FreeRange({ range, upTo, onClose }: { range: Range; upTo: string; onClose: () => void }) {
  const { t } = useTranslation("statistics");
  const { set } = useTableState();
  const [from, setFrom] = useState("from" in range ? range.from : upTo);
  const [to, setTo] = useState("to" in range ? range.to : upTo);
  const count = daysOf(from, to);
  const fault =
    from && to && !(count >= 1) ? t("range.backwards") : count > MOST_DAYS ? t("range.most", { count: MOST_DAYS }) : "";
  return (
    <FormDialog
      title={t("range.free")}
      submit={t("range.show")}
      disabled={!from || !to || Boolean(fault)}
      width={420}
      onClose={onClose}
      onSubmit={() => {
        set({ span: "free", from, to });
        onClose();
      }}
    >
      <TextField label={t("range.from")} type="date" value={from} onChange={setFrom} />
      <TextField label={t("range.to")} type="date" value={to} onChange={setTo} error={fault || undefined} />
    </FormDialog>
  );
}
