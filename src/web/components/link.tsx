import type { ComponentChildren } from 'preact';
import { usePage } from '../page-context.ts';
import { pathOf, type Route } from '../routes.ts';

interface LinkProps {
  readonly to: Route;
  readonly class?: string;
  /** Its accessible name, if the text alone would be ambiguous. */
  readonly label?: string;
  /** Whether it leads to where one is. */
  readonly current?: boolean;
  readonly children: ComponentChildren;
  readonly onFollow?: () => void;
}

/** A link to another view. It has an address, so that it opens in a new tab too. */
export function Link({ to, children, onFollow, ...rest }: LinkProps) {
  const { navigation } = usePage();
  const follow = (event: MouseEvent) => {
    onFollow?.();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigation.go(to);
  };
  return (
    <a
      class={rest.class}
      aria-label={rest.label}
      aria-current={rest.current && 'page'}
      href={pathOf(to)}
      onClick={follow}
    >
      {children}
    </a>
  );
}
