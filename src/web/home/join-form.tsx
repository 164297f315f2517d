import { useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon.tsx';
import { TextField } from '../components/text-field.tsx';
import { useMessages } from '../i18n/messages.ts';
import { roomIdIn } from '../routes.ts';

/** Joins a call by its link or code. */
export function JoinForm({ onJoin }: { onJoin: (roomId: string) => void }) {
  const t = useMessages();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const join = (event: SubmitEvent) => {
    event.preventDefault();
    const roomId = roomIdIn(text);
    if (roomId !== null) return onJoin(roomId);
    setProblem(t.home.joinBad);
    input.current?.focus();
  };
  return (
    <form class="join" onSubmit={join} noValidate>
      <h2>{t.home.joinTitle}</h2>
      <div class="row">
        <TextField
          label={t.home.joinLabel}
          value={text}
          onInput={(value) => {
            setText(value);
            setProblem('');
          }}
          name="call-link"
          placeholder={t.home.joinPlaceholder}
          problem={problem}
          maxLength={2000}
          autoComplete="off"
          inputRef={input}
        />
        <button type="submit" class="button quiet">
          {t.home.join}
          <Icon name="arrow" />
        </button>
      </div>
    </form>
  );
}
