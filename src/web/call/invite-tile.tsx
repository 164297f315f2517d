import { Icon } from '../components/icon.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { Rect } from './grid-layout.ts';
import { hasShareSheet } from './share-link.ts';
import { styleOf } from './tiles.tsx';

interface InviteTileProps {
  /** Null if there is none to send. */
  readonly link: string | null;
  readonly rect: Rect | undefined;
  readonly onShareLink: () => void;
}

/** Shows the link while the user is alone in the call. */
export function InviteTile({ link, rect, onShareLink }: InviteTileProps) {
  const t = useMessages();
  return (
    <li class="tile invite" style={styleOf(rect)}>
      <div>
        <h2>{t.call.alone}</h2>
        <p>{link === null ? t.call.aloneOnSite : t.call.aloneText}</p>
        {link !== null && (
          <>
            <input
              class="input"
              type="text"
              readOnly
              value={link}
              aria-label={t.call.link}
              onFocus={(event) => event.currentTarget.select()}
            />
            <button type="button" class="button" onClick={onShareLink}>
              <Icon name="link" />
              {hasShareSheet() ? t.call.shareLink : t.call.copyLink}
            </button>
          </>
        )}
      </div>
    </li>
  );
}
