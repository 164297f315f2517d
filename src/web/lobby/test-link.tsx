import { useMessages } from '../i18n/messages.ts';
import { pathOf } from '../routes.ts';

/** Opens the test of devices and connection beside the lobby: a frame can't show it [HT7], and the lobby stays as it is. */
export function TestLink() {
  const t = useMessages();
  return (
    <a href={pathOf({ at: 'test' })} target="_blank" rel="noopener">
      {t.lobby.test}
    </a>
  );
}
