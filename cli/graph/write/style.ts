/** Colors and fonts of the picture, light and dark; the same in a page and in a separate picture. */

const LIGHT = `--bg:#f6f7f9;--surface:#ffffff;--hover:#eef2f8;--line:#d5dae2;--text:#17202c;--muted:#596474;--edge:#a9b3c1;--frame:#eceff3;
--accent:#2f6fdb;--bad:#b3261e;--bad-bg:#fce8e6;--idle:#7a4f01;--idle-bg:#fdf0cf;--plus:#17692f;--plus-bg:#ddf3e2;--tilde:#0b51a8;--tilde-bg:#dfebfb;
--r0:#2f6fdb;--r1:#c26a00;--r2:#0b8a68;--r3:#8a46cf;--r4:#c93c7c;--r5:#087f9b;--r6:#6c7a12;--r7:#855a3b;`;
const DARK = `--bg:#0e131a;--surface:#18202a;--hover:#222d3a;--line:#2e3947;--text:#e5eaf1;--muted:#98a4b5;--edge:#536173;--frame:#131a23;
--accent:#6ea2f7;--bad:#ffa8a1;--bad-bg:#4b1f1f;--idle:#ffd585;--idle-bg:#423410;--plus:#8be0a0;--plus-bg:#173a22;--tilde:#9cc5ff;--tilde-bg:#17304f;
--r0:#6ea2f7;--r1:#f0a04b;--r2:#45c9a3;--r3:#bd8bf2;--r4:#f07fb2;--r5:#4cc3de;--r6:#b9c759;--r7:#c79a79;`;

/** Number of regions with distinct colors; further regions reuse them. */
export const REGION_COLORS = 8;

const FONT = `font-family:Inter,"Segoe UI",system-ui,-apple-system,Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;`;

const SHAPES = `
.graph text{${FONT}fill:var(--text);font-size:13px}
.graph .small{font-size:12px;fill:var(--muted)}
.graph .title{font-weight:600}
.graph .heading{font-size:12px;font-weight:700;letter-spacing:.02em}
.graph .count{font-size:12px;fill:var(--muted);font-weight:400}
.graph .name{font-size:19px;font-weight:700}
.graph .summary{font-size:13px;fill:var(--muted)}
.graph .card{fill:var(--surface);stroke:var(--line)}
.graph .elsewhere .card,.graph .delete .card{stroke-dasharray:4 3;fill:none}
.graph .stripe{fill:var(--muted)}
.graph .edge{fill:none;stroke:var(--edge);stroke-width:1.5}
.graph .weak{stroke-dasharray:2 4}
.graph .frame{fill:var(--frame);stroke:var(--line)}
.graph .dot{fill:var(--muted)}
.graph .badge{fill:var(--surface);stroke:var(--muted);stroke-width:1.5}
.graph .order{font-size:12px;font-weight:700;text-anchor:middle}
.graph .place{font-size:12px;text-anchor:end;font-weight:600}
.graph .pill{font-size:12px;font-weight:600;text-anchor:middle}
.graph rect.broken{fill:var(--bad-bg)}.graph text.broken{fill:var(--bad)}
.graph rect.unused{fill:var(--idle-bg)}.graph text.unused{fill:var(--idle)}
.graph rect.create{fill:var(--plus-bg)}.graph text.create{fill:var(--plus)}
.graph rect.update,.graph rect.replace{fill:var(--tilde-bg)}.graph text.update,.graph text.replace{fill:var(--tilde)}
.graph rect.delete{fill:var(--bad-bg)}.graph text.delete{fill:var(--bad)}
.graph .marked .card{stroke:var(--idle)}.graph .marked.fails .card{stroke:var(--bad)}
${Array.from({ length: REGION_COLORS }, (_, index) => `.graph .r${index} .stripe,.graph .dot.r${index}{fill:var(--r${index})}.graph .edge.r${index},.graph .badge.r${index}{stroke:var(--r${index})}.graph text.r${index}{fill:var(--r${index})}`).join("\n")}
`;

/** For a separate picture, whose colors follow the reader's system. */
export const PICTURE_STYLE = `.graph{${LIGHT}}@media (prefers-color-scheme:dark){.graph{${DARK}}}${SHAPES}`;

/** For a page, where the reader may also choose: only the colors, and a tint for each region. */
export const PAGE_STYLE =
  `:root{color-scheme:light;${LIGHT}}` +
  `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${DARK}}}` +
  `:root[data-theme=dark]{color-scheme:dark;${DARK}}` +
  Array.from(
    { length: REGION_COLORS },
    (_, index) => `.r${index}{--tint:var(--r${index});--way:var(--r${index})}`,
  ).join("");
