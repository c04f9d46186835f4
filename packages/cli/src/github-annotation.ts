/**
 * Workflow commands, which GitHub shows at a line of a file.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { Level } from './check/finding.ts';

/** The position of an annotation, and its title. */
export interface AnnotationPlace {
  readonly file: string;
  readonly line: number;
  readonly title: string;
}

/** Formats one annotation. */
export function formatAnnotation(level: Level, { file, line, title }: AnnotationPlace, message: string): string {
  const kind = level === 'info' ? 'notice' : level;
  return `::${kind} file=${escapeProperty(file)},line=${line},title=${escapeProperty(title)}::${escapeText(message)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
