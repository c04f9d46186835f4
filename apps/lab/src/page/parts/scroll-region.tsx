/** A part that scrolls by itself when it is too large. Then, and only then, it is a stop for the keyboard. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface ScrollRegionProps {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function ScrollRegion({ label, class: className = '', children }: ScrollRegionProps): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const [isScrolling, setIsScrolling] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      setIsScrolling(current.scrollWidth > current.clientWidth || current.scrollHeight > current.clientHeight);
    });
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      class={`scroll-region ${className}`}
      aria-label={label}
      ref={element}
      tabIndex={isScrolling ? 0 : undefined}
    >
      {children}
    </section>
  );
}
