import { useTranslation } from "react-i18next";
import { Dialog } from "../../../ui/Dialog";
import { useFormat } from "../../../ui/format";
import { CheckIcon } from "../../../ui/icons";
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

export function PlanTable({ plans, current }: { plans: Plans; current?: string }) {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const names = useLimitName();
  const show = (value: number | string | null, most: number | string | null = null) => {
    if (value === null) return t("unlimited");
    if (typeof value === "string") return names.value(value);
    const shown = format.number(value);
    return typeof most === "number" ? t("compare.upTo", { value: shown, max: format.number(most) }) : shown;
  };
  const later = <small className="quiet">{t("compare.later")}</small>;
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
        <tbody>
          {plans.Rows.map((row) => (
            <tr key={row.Name}>
              <th scope="row">
                {names.limit(row.Name)} {!row.Enforced && later}
              </th>
              {PLANS.map((plan) => (
                <td key={plan} data-current={plan === current}>
                  {show(row[plan], plan === "Pro" ? row.ProUpTo : plan === "Flagship" ? row.FlagshipUpTo : null)}
                </td>
              ))}
            </tr>
          ))}
          {plans.Features.map(({ Feature, Available, Plan, Setting }) => (
            <tr key={Feature}>
              <th scope="row">
                {names.feature(Feature, Setting)} {!Available && later}
              </th>
              {PLANS.map((plan) => (
                <td key={plan} data-current={plan === current}>
                  {PLANS.indexOf(plan) < PLANS.indexOf(Plan as (typeof PLANS)[number]) ? (
                    "–"
                  ) : (
                    <CheckIcon aria-label={t("yes")} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
