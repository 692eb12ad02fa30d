import { Link } from "@tanstack/react-router";
import { Avatar } from "./Avatar";
import { CopyButton } from "./CopyText";

interface Person {
  app: number;
  user: string;
  nick?: string;
  src?: string;
}

/** A user in a table: picture, nickname, and below it the UserID, on one line, which leads to the account. */
export function PersonCell({ app, user, nick, src }: Person) {
  return (
    <span className="person">
      <Avatar src={src} name={nick || user} size={28} />
      <span className="person__names">
        {nick && (
          <span className="person__nick" title={nick}>
            {nick}
          </span>
        )}
        <span className="oneline">
          <Link to="/apps/$app/accounts/$user" params={{ app: String(app), user }} className="mono" title={user}>
            {user}
          </Link>
          <CopyButton text={user} />
        </span>
      </span>
    </span>
  );
}

/** What a row is, and below it a second fact; each on one line, whole on hovering. With `onOpen` it opens the details. */
export function NameCell(props: { name: string; more?: string; onOpen?: () => void }) {
  const { name, more, onOpen } = props;
  return (
    <span className="person__names">
      {onOpen ? (
        <button type="button" className="linklike person__nick" title={name} onClick={onOpen}>
          {name}
        </button>
      ) : (
        <span className="person__nick" title={name}>
          {name}
        </span>
      )}
      {more && (
        <span className="person__more" title={more}>
          {more}
        </span>
      )}
    </span>
  );
}
