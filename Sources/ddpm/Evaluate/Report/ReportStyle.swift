// How the page looks: light and dark, on a phone and on a wide screen, without anything from outside.

/// The page's style sheet. It holds no character that markup would have to escape.
enum ReportStyle {
  /// How many colours curves have.
  static let colours = 6

  static let sheet = colourSheet + layoutSheet + tableSheet + pictureSheet
  /// What a chart needs where it stands alone.
  static let chartSheet = colourSheet + aloneSheet + pictureSheet

  private static let aloneSheet = """
    .ground { fill: var(--card); }
    text { font-family: system-ui, sans-serif; }

    """

  private static let colourSheet = """
    :root { color-scheme: light dark;
      --paper: #fbfaf8; --card: #ffffff; --ink: #1f2328; --soft: #68707c; --line: #e5e2dc;
      --near: #cfe9df; --middle: #fbf3da; --far: #f6c9b6;
      --c0: #0b6fb8; --c1: #c2410c; --c2: #15803d; --c3: #a21caf; --c4: #a16207; --c5: #475569; }
    @media (prefers-color-scheme: dark) { :root {
      --paper: #14161a; --card: #1b1e24; --ink: #e7e9ec; --soft: #9aa3af; --line: #2e333c;
      --near: #154438; --middle: #423a1d; --far: #66301e;
      --c0: #6cb6f2; --c1: #fb9267; --c2: #6fce8d; --c3: #e08be8; --c4: #e0b64d; --c5: #a9b4c4; } }

    """

  private static let layoutSheet = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    main { max-width: 1400px; margin: 0 auto; padding: 40px clamp(16px, 4vw, 48px) 64px; }
    h1 { font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2.2rem); line-height: 1.2; margin: 0 0 4px;
      letter-spacing: -0.015em; }
    h2 { font-size: 1.25rem; margin: 52px 0 6px; letter-spacing: -0.01em; }
    h3 { font-size: 1rem; margin: 0 0 8px; font-weight: 600; }
    p { margin: 0 0 12px; max-width: 74ch; }
    .lead, .note, figcaption, dt, footer { color: var(--soft); }
    .note { font-size: 0.86rem; margin: 8px 0 0; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; font-size: 0.9rem;
      margin: 22px 0 0; padding: 16px 18px; background: var(--card); border: 1px solid var(--line);
      border-radius: 10px; }
    .facts dd { margin: 0; overflow-wrap: anywhere; }
    .columns { display: grid; gap: 20px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 620px), 1fr)); }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 16px 18px; min-width: 0; }
    .stack { display: grid; gap: 22px; align-content: start; }
    details { margin-top: 20px; }
    summary { cursor: pointer; font-weight: 600; }
    details .scroll { margin-top: 10px; }
    footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line);
      font-size: 0.86rem; }
    @media (max-width: 560px) { .facts { grid-template-columns: 1fr; gap: 0; }
      .facts dd { margin-bottom: 8px; } .card, .facts { padding: 13px 12px; } }

    """

  private static let tableSheet = """
    .scroll { overflow-x: auto; }
    table { border-collapse: separate; border-spacing: 2px; font-size: 0.875rem; width: 100%;
      font-variant-numeric: tabular-nums; }
    th, td { padding: 5px 7px; text-align: right; white-space: nowrap; font-weight: 400;
      border-radius: 4px; }
    thead th { color: var(--soft); font-size: 0.82rem; }
    th.left, td.left { text-align: left; }
    tbody th { font-weight: 600; }
    th:first-child { position: sticky; left: 0; background: var(--card); }
    tbody tr:nth-child(even) td:not(.heat) { background: color-mix(in srgb, var(--line) 28%, transparent); }
    .heat { background: color-mix(in oklab, var(--near), var(--middle) calc(var(--heat) * 2 * 100%)); }
    .heat.far { background: color-mix(in oklab, var(--middle), var(--far) calc((var(--heat) - 0.5) * 2 * 100%)); }
    .error { color: var(--soft); font-size: 0.86em; }
    .heat .error { color: inherit; opacity: 0.72; }
    .bars td { padding: 2px 9px; background: none; }
    .bars tr:nth-child(n) td { background: none; }
    .bars td.bar { width: 60%; }
    .bars i { display: block; height: 12px; min-width: 1px; border-radius: 2px; background: var(--c0); }
    .bars tr.other i { background: var(--c5); }
    .scale { display: flex; align-items: center; gap: 10px; font-size: 0.82rem; color: var(--soft);
      margin: 0 0 14px; }
    .scale i { flex: 0 1 180px; height: 10px; border-radius: 3px;
      background: linear-gradient(90deg, var(--near), var(--middle), var(--far)); }

    """

  private static let pictureSheet =
    """
    figure { margin: 0; min-width: 0; }
    figcaption { font-size: 0.86rem; margin-bottom: 6px; }
    .chart svg { display: block; width: 100%; height: auto; overflow: visible; }
    .chart text { font-size: 12px; fill: var(--soft); }
    @media (max-width: 560px) { .chart text { font-size: 18px; } }
    .chart line { stroke: var(--line); stroke-width: 1; }
    .chart line.base, .chart line.tick { stroke: var(--soft); }
    .chart line.floor { stroke: var(--ink); stroke-dasharray: 3 3; }
    .chart polyline { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    .chart polyline.front { stroke: var(--soft); stroke-width: 1.4; opacity: 0.55; }
    .chart circle { fill: currentColor; }
    .chart circle.ring { fill: none; stroke: var(--ink); stroke-width: 1.5; }
    .chart circle.chance { stroke-dasharray: 2 2.4; }
    .chart g line.error { stroke: currentColor; stroke-width: 1.2; opacity: 0.7; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 8px 0 0;
      padding: 0; font-size: 0.86rem; }
    .legend svg { display: inline-block; width: 26px; height: 10px; margin-right: 7px; }
    .grids { display: grid; gap: 14px; margin: 10px 0 22px;
      grid-template-columns: repeat(auto-fill, minmax(min(44%, 240px), 1fr)); }
    img { display: block; max-width: 100%; height: auto; border-radius: 4px;
      image-rendering: pixelated; }

    """ + (0..<colours).map { ".c\($0) { color: var(--c\($0)); }\n" }.joined()
}
