import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { relativeTime } from '../../relative-time.ts';
import { exactTime } from '../times.ts';

interface AgoProps {
  /** ISO 8601. */
  readonly time: string;
  /** The sentence around it. */
  readonly say?: (when: string) => string;
}

/** How long ago or until a time; the exact time as its title. */
export function Ago({ time, say = (when) => when }: AgoProps) {
  const { lang } = useMessages();
  const { justNow } = useAdminMessages();
  return (
    <time dateTime={time} title={exactTime(time, lang)}>
      {say(relativeTime(time, Date.now(), lang) ?? justNow)}
    </time>
  );
}
