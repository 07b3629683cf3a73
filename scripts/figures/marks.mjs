/**
 * Marked places of a page in Markdown, which hold what was computed:
 *
 *   <!-- figure errors.md -->
 *   | width | error |
 *   <!-- end -->
 *   off by <!-- fact largest -->1.5e-4<!-- end --> at most
 */

const marks = /(<!-- (figure|fact) (\S+) -->)([\s\S]*?)(<!-- end -->)/g;

/** The page with every place filled by `textOf(name)`. Throws for a place of which that gives nothing. */
export const fill = (page, textOf) =>
  page.replace(marks, (_, open, kind, name, _old, close) => {
    const value = textOf(name);
    if (value === undefined) throw new Error(`nothing is computed for ${open}`);
    // A blank line on both sides, or Markdown takes a table for part of the comment.
    return kind === "figure" ? `${open}\n\n${value.trimEnd()}\n\n${close}` : `${open}${value}${close}`;
  });

/** What stands in the marked places now, in order. */
export const filled = (page) => [...page.matchAll(marks)].map(([, , , name, text]) => [name, text.trim()]);
