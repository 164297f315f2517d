import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { copyLink } from '../call/share-link.ts';
import { Icon } from '../components/icon.tsx';
import { useMessages } from '../i18n/messages.ts';

/** The link of an invitation that was just made, the only time that it can be seen. */
export function NewInvitation({ url }: { readonly url: string }) {
  const t = useMessages();
  const words = t.rooms.invitations;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const said = useSignal('');
  useEffect(() => input.current?.select(), [url]);
  const copy = async () => {
    const outcome = await copyLink(url);
    said.value = outcome === 'copied' ? t.rooms.mine.copied : words.copyFailed;
    if (outcome !== 'copied') input.current?.select();
  };
  return (
    <div class="new-invitation">
      <label for={id}>{words.made}</label>
      <input
        ref={input}
        id={id}
        class="input"
        type="url"
        readOnly
        value={url}
        aria-describedby={`${id}-hint`}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p class="hint" id={`${id}-hint`}>
        {words.onceHint}
      </p>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={said.value === t.rooms.mine.copied ? 'check' : 'link'} />
        {t.rooms.mine.copyLink}
      </button>
      <p class="done" role="status">
        {said.value}
      </p>
    </div>
  );
}
