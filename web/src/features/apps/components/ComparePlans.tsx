import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../../ui/Dialog";
import { useFormat } from "../../../ui/format";
import { CheckIcon, ChevronDownIcon, ChevronRightIcon } from "../../../ui/icons";
import { Loaded } from "../../../ui/Page";
import { type Plans, usePlans } from "../api";
import { useLimitName } from "./names";

const PLANS = ["Trial", "Pro", "Flagship"] as const;

/** What the plans allow, from the server's own table. */
export function ComparePlans({ current, onClose }: { current?: string; onClose: () => void }) {
  const { t } = useTranslation("apps");
  return (
    <Dialog title={t("compare.title")} width={880} onClose={onClose}>
      <Loaded query={usePlans()} rows={10}>
        {(plans) => <PlanTable plans={plans} current={current} />}
      </Loaded>
    </Dialog>
  );
}

interface Line {
  name: string;
  cells: ReactNode[];
  /** The plans do not differ in it. */
  same?: boolean;
  /** Nothing here obeys it. */
  idle?: boolean;
}

/** What differs comes first, then what every plan has; what this server does not apply can be unfolded. */
export function PlanTable({ plans, current }: { plans: Plans; current?: string }) {
  const { t } = useTranslation("apps");
  const lines = useLines(plans);
  const [open, setOpen] = useState(false);
  const idle = lines.filter((line) => line.idle);
  const rest = lines.filter((line) => !line.idle);
  const body = (some: Line[]) =>
    some.map(({ name, cells }) => (
      <tr key={name}>
        <th scope="row">{name}</th>
        {cells.map((cell, index) => (
          <td key={PLANS[index]} data-current={PLANS[index] === current}>
            {cell}
          </td>
        ))}
      </tr>
    ));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className="compare" tabIndex={0}>
      <table>
        <caption className="visually-hidden">{t("compare.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("compare.limit")}</th>
            {PLANS.map((plan) => (
              <th key={plan} scope="col" data-current={plan === current}>
                {t(`app.plan.${plan}`)}
                {plan === current && <small> {t("compare.current")}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{body(rest.filter(({ same }) => !same))}</tbody>
        <tbody>
          <tr className="compare__part">
            <th colSpan={4} scope="colgroup">
              {t("compare.same")}
            </th>
          </tr>
          {body(rest.filter(({ same }) => same))}
        </tbody>
        {idle.length > 0 && (
          <tbody>
            <tr className="compare__part">
              <th colSpan={4} scope="colgroup">
                <button type="button" className="linklike" aria-expanded={open} onClick={() => setOpen(!open)}>
                  {t("compare.idle", { count: idle.length })} {open ? <ChevronDownIcon /> : <ChevronRightIcon />}
                </button>
              </th>
            </tr>
            {open && body(idle)}
          </tbody>
        )}
      </table>
    </div>
  );
}

function useLines(plans: Plans): Line[] {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const names = useLimitName();
  const show = (value: number | string | null, most: number | string | null) => {
    if (value === null) return t("unlimited");
    if (typeof value === "string") return names.value(value);
    const shown = format.number(value);
    return typeof most === "number" ? t("compare.upTo", { value: shown, max: format.number(most) }) : shown;
  };
  const limits = plans.Rows.map((row) => {
    const most = { Trial: null, Pro: row.ProUpTo, Flagship: row.FlagshipUpTo };
    const cells = PLANS.map((plan) => show(row[plan], most[plan]));
    return { name: names.limit(row.Name), cells, same: new Set(cells).size === 1, idle: !row.Enforced };
  });
  const features = plans.Features.map(({ Feature, Available, Plan, Setting }) => ({
    name: names.feature(Feature, Setting),
    cells: PLANS.map((plan) =>
      PLANS.indexOf(plan) < PLANS.indexOf(Plan as (typeof PLANS)[number]) ? "–" : <CheckIcon aria-label={t("yes")} />,
    ),
    idle: !Available,
  }));
  return [...limits, ...features];
}
