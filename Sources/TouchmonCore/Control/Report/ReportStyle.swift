/// How the page looks: on any width, light and dark, and on paper.
enum ReportStyle {
    static let sheet: StaticString = """

        :root {
          color-scheme: light dark;
          --page: #f7f7f5; --card: #ffffff; --ink: #1c1e21; --soft: #5b6169; --line: #dcdedb;
          --well: #f0f1ee; --good: #3d8361; --bad: #b42318; --odd: #8a5a00; --now: #2460b9;
          --bar: #6b8fb8; --warn: #fff3d6;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #131517; --card: #1b1e21; --ink: #e4e6e8; --soft: #9fa6ad; --line: #33383d;
            --well: #141619; --good: #57a580; --bad: #ff8a7d; --odd: #dcab5c; --now: #82b1ff;
            --bar: #5a82b0; --warn: #3a2f14;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 88rem; padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 2rem;
          background: var(--page); color: var(--ink);
          font: 0.94rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
          -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
        }
        h1 { margin: 0; font-size: 1.35rem; font-weight: 400; }
        h1 b { font-weight: 650; }
        h2 { margin: 0 0 0.6rem; font-size: 1rem; font-weight: 650; }
        p { margin: 0 0 0.6rem; }
        dl, dd { margin: 0; }
        code, pre, .path {
          font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
          font-size: 0.86rem; unicode-bidi: isolate; direction: ltr;
        }
        .note, dt { color: var(--soft); font-size: 0.86rem; }
        .warning { background: var(--warn); padding: 0.4rem 0.7rem; border-radius: 6px; }
        header p { margin: 0.15rem 0 0.9rem; }
        section, .headline > div {
          background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: 0.9rem 1rem; margin-bottom: 0.9rem;
        }
        .headline {
          display: grid; gap: 0.9rem; margin-bottom: 0.9rem;
          grid-template-columns: repeat(auto-fit, minmax(min(10rem, 100%), 1fr));
        }
        .headline > div { margin: 0; }
        .value { font-size: 1.6rem; line-height: 1.25; font-weight: 600; }
        .bad { color: var(--bad); }
        .directory { color: var(--soft); }
        .name { display: inline-block; max-width: 100%; font-weight: 650; }
        .outcome { white-space: nowrap; font-weight: 600; }
        .outcome.success { color: var(--good); }
        .outcome.failure { color: var(--bad); }
        .outcome.unclear { color: var(--odd); }
        .outcome.running { color: var(--now); }
        .tag {
          border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3rem;
          font-size: 0.78rem; color: var(--soft); margin-left: 0.4rem;
        }

        summary { cursor: pointer; }
        summary .path, li .path { margin: 0 0.7rem; }
        .failure { border-top: 1px solid var(--line); padding: 0.5rem 0; }
        .failure:first-of-type { border-top: 0; padding-top: 0; }
        .facts { display: flex; flex-wrap: wrap; gap: 0.1rem 1.4rem; margin: 0.35rem 0 0.5rem 1rem; }
        .facts div { display: flex; gap: 0.4rem; align-items: baseline; min-width: 0; }
        .facts .wide { flex-basis: 100%; }
        .facts dt { white-space: nowrap; }
        .failure > p { margin: 0 0 0.3rem 1rem; }
        /* Reversed, so that its end is what is seen of it at first. */
        .tail {
          display: flex; flex-direction: column-reverse; overflow: auto; max-height: 20rem;
          margin: 0 0 0.2rem 1rem; padding: 0.6rem 0.75rem; background: var(--well);
          border: 1px solid var(--line); border-left: 3px solid var(--bad); border-radius: 4px;
        }
        pre { flex: none; margin: 0; white-space: pre-wrap; tab-size: 8; line-height: 1.4; }
        .more { margin-top: 0.4rem; }
        .more ul { list-style: none; margin: 0.5rem 0 0; padding: 0; }
        .more li { padding: 0.2rem 0; border-top: 1px solid var(--line); }

        .lanes { display: grid; gap: 2px; }
        .lane {
          display: grid; grid-template-columns: minmax(0, 20rem) minmax(0, 1fr);
          gap: 0 1rem; align-items: center;
        }
        .lane:not(.axis) { border-top: 1px solid var(--line); padding: 0.25rem 0; }
        .lane .note { display: block; }
        svg { display: block; overflow: visible; }
        svg text { fill: var(--soft); font-size: 0.78rem; }
        .grid line { stroke: var(--line); }
        rect { stroke-width: 1; }
        .success rect { fill: var(--good); stroke: var(--good); }
        .failure rect { fill: var(--bad); stroke: var(--bad); }
        .unclear rect { fill: var(--card); stroke: var(--odd); stroke-width: 2; stroke-dasharray: 3 2; }
        .running rect { fill: var(--card); stroke: var(--now); stroke-width: 2; }
        .bars rect { fill: var(--bar); stroke: var(--card); }
        .median { stroke: var(--ink); stroke-width: 2; }
        .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; color: var(--soft); font-size: 0.86rem; }
        .legend span { display: flex; gap: 0.4rem; align-items: center; }

        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td {
          text-align: left; vertical-align: top; padding: 0.4rem 0.9rem 0.4rem 0; font-weight: 400;
          border-top: 1px solid var(--line);
        }
        thead th { border-top: 0; color: var(--soft); font-size: 0.86rem; }
        tbody th { width: 45%; }
        th code { display: block; color: var(--soft); }
        td .note { display: block; white-space: nowrap; }
        footer { color: var(--soft); font-size: 0.86rem; }

        @media (max-width: 60rem) {
          .lane { grid-template-columns: minmax(0, 17rem) minmax(0, 1fr); }
          .minor { display: none; }
        }
        @media (max-width: 46rem) {
          .lane { grid-template-columns: minmax(0, 1fr); }
          .axis .label { display: none; }
          .facts, .tail, .failure > p { margin-left: 0; }
          summary .path, summary .note, li .path { display: block; margin: 0; }
          thead { display: none; }
          table, tbody, tr, th[scope=row], td { display: block; width: auto; }
          tr { border-top: 1px solid var(--line); padding: 0.4rem 0; }
          th[scope=row], td { border: 0; padding: 0.1rem 0; }
          td { display: flex; gap: 0.6rem; align-items: baseline; flex-wrap: wrap; }
          td::before { content: attr(data-name); color: var(--soft); font-size: 0.86rem; min-width: 4.5rem; }
        }
        @media print {
          :root {
            color-scheme: light;
            --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --well: #fff;
            --good: #3d8361; --bad: #b42318; --odd: #8a5a00; --now: #2460b9; --bar: #6b8fb8;
            --warn: #fff;
          }
          html { font-size: 11px; }
          body { max-width: none; padding: 0; }
          section, .headline > div { padding: 0.5rem 0; border-width: 1px 0 0; border-radius: 0; }
          .tail { display: block; max-height: none; overflow: visible; }
          .minor { display: none; }
          .scroll { overflow: visible; }
          svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          h2, summary, .facts, .axis { break-after: avoid; }
          .lane, tr, .headline { break-inside: avoid; }
          details::details-content { content-visibility: visible; block-size: auto; }
        }

        """
}
