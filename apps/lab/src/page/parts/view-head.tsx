/** Head of a view: its title, what it is for, and what can be done with all of it. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

interface ViewHeadProps {
  readonly title: string;
  readonly purpose: string;
  readonly children?: ComponentChildren;
}

export function ViewHead({ title, purpose, children }: ViewHeadProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Sortition lab`;
  }, [title]);
  return (
    <header class="view-head">
      <div>
        <h1>{title}</h1>
        <p>{purpose}</p>
      </div>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}
