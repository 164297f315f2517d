import type { ComponentChild, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';

/** Returns a component that is loaded when it is first shown, and offers to try again if that fails. */
export function lazily<Props extends object>(
  load: () => Promise<FunctionComponent<Props>>,
  Loading: FunctionComponent,
): (props: Props) => ComponentChild {
  return function LazyPart(props) {
    const t = useMessages();
    const [part, setPart] = useState<{ readonly Part: FunctionComponent<Props> } | 'failed' | null>(null);
    const attempt = () => {
      setPart(null);
      load().then(
        (Part) => setPart({ Part }),
        () => setPart('failed'),
      );
    };
    useEffect(attempt, []);
    if (part === null) return <Loading />;
    if (part !== 'failed') return <part.Part {...props} />;
    return (
      <p class="no-chat">
        {t.account.notLoaded.text}
        <button type="button" class="button" onClick={attempt}>
          {t.lobby.tryAgain}
        </button>
      </p>
    );
  };
}
