import { Link } from "@tanstack/react-router";
import { Avatar } from "../../../ui/Avatar";
import { CopyButton } from "../../../ui/CopyText";

interface Props {
  app: number;
  id: string;
  name: string;
  src: string;
}

/** A group in a table: picture, name, and below it the GroupID, which leads to its page. */
export function GroupCell({ app, id, name, src }: Props) {
  return (
    <span className="person">
      <Avatar src={src} name={name || id} size={28} />
      <span className="person__names">
        {name && (
          <span className="person__nick" title={name}>
            {name}
          </span>
        )}
        <span className="oneline">
          <Link to="/apps/$app/groups/$group" params={{ app: String(app), group: id }} className="mono" title={id}>
            {id}
          </Link>
          <CopyButton text={id} />
        </span>
      </span>
    </span>
  );
}
