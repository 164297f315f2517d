import { useDetailsMessages } from '../../i18n/details-messages.ts';

interface StatProps {
  readonly term: string;
  /** '' if it isn't known yet. */
  readonly text: string;
  /** More about it, in a smaller line; '' for none. */
  readonly more?: string;
}

/** A line of a description list. */
export function Stat({ term, text, more = '' }: StatProps) {
  const words = useDetailsMessages();
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {text || (
          <>
            <span aria-hidden="true">–</span>
            <span class="visually-hidden">{words.unknown}</span>
          </>
        )}
        {more !== '' && <span class="more">{more}</span>}
      </dd>
    </div>
  );
}
