import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { ErrorNote, ServerWords } from "../../../ui/ErrorNote";
import { useFormat } from "../../../ui/format";
import { useWords, type Words } from "../../../ui/words";
import { useReport } from "../api";

const PART = 20;

/** The rows of an import that were refused, with the reason of each. */
export function ImportReport({ job }: { job: string }) {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const words = useWords();
  const [page, setPage] = useState(0);
  const { data, error, refetch } = useReport(job, page * PART, PART);
  if (error) return <ErrorNote error={error} onRetry={() => refetch()} />;
  if (!data) return null;
  const pages = Math.ceil(data.TotalCount / PART);
  return (
    <div className="table">
      <div className="table__scroll">
        <table aria-label={t("report.title")}>
          <thead>
            <tr>
              <th scope="col" className="is-number">
                {t("report.row")}
              </th>
              <th scope="col">UserID</th>
              <th scope="col">{t("report.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {data.Rows.map((row) => (
              <tr key={row.Row}>
                <td data-title={t("report.row")} className="is-number">
                  {format.number(row.Row)}
                </td>
                <td data-title="UserID">
                  <span className="mono break">{row.UserID}</span>
                </td>
                <td data-title={t("report.reason")}>
                  <Reason {...words({ ...row, Message: row.Reason })} code={row.ErrorCode} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <div className="pager">
          <span className="quiet">
            {t("table.total", { count: data.TotalCount, number: format.number(data.TotalCount) })}
          </span>
          <div className="row">
            <Button disabled={page === 0} onClick={() => setPage(page - 1)}>
              {t("table.previous")}
            </Button>
            <Button disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
              {t("table.next")}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

function Reason({ title, cure, said, code }: Words & { code: number }) {
  return (
    <div>
      <span>
        {title} {code !== 0 && <code>({code})</code>}
      </span>
      {cure && <p className="quiet">{cure}</p>}
      {said && <ServerWords text={said} />}
    </div>
  );
}
