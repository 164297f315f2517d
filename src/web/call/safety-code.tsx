import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SafetyCode as Code, RemotePeer } from '../../client/index.ts';
import { useSafetyMessages } from '../i18n/safety-messages.ts';

/** What two people compare to be sure that nobody sits between them, and whether this browser has met the other before. */
export function SafetyCode({ peer }: { readonly peer: RemotePeer }) {
  const words = useSafetyMessages();
  const code = useSignal<Code | null>(null);
  const identity = useSignal(peer.identity);
  useEffect(() => {
    let shown = true;
    const read = async () => {
      identity.value = peer.identity;
      const now = await peer.safetyCode().catch(() => null);
      if (shown) code.value = now;
    };
    void read();
    const offs = [peer.on('safetycode', read), peer.on('identity', read)];
    return () => {
      shown = false;
      for (const off of offs) off();
    };
  }, [peer]);
  if (code.value === null) return null;
  const changed = identity.value === 'changed';
  return (
    <div class="safety" data-identity={identity.value ?? 'none'}>
      <h4>{words.title}</h4>
      {identity.value === 'known' && <p class="safety-known">{words.known}</p>}
      {changed && (
        <p class="safety-changed" role="status">
          {words.changed}
        </p>
      )}
      <ul>
        {code.value.emoji.map(({ emoji, name }, at) => (
          <li key={`${at} ${name}`}>
            <span aria-hidden="true">{emoji}</span>
            <small>{words.emojiName(name)}</small>
          </li>
        ))}
      </ul>
      <p class="safety-digits">
        <span class="soft">{words.digits}</span> <code>{code.value.digits}</code>
      </p>
      <p class="soft">{words.text}</p>
      {changed && (
        // If it can't be kept, the warning comes again.
        <button
          type="button"
          class="button small quiet"
          onClick={() => void peer.confirmIdentity().catch(() => {})}
        >
          {words.same}
        </button>
      )}
    </div>
  );
}
