// The PDFs that the secretary drops on the agenda: from the folder of samples where there is one, else made here.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const wanted = [
  { name: "Dự thảo Quyết định ban hành Quy chế họp không giấy tờ.pdf", sample: "vi_quyet_dinh.pdf", pages: 2 },
  { name: "Báo cáo kết quả rà soát hồ sơ công việc.pdf", sample: "vi_ho_so_100_trang.pdf", pages: 12 },
  { name: "Phụ lục danh mục thiết bị phòng họp.pdf", sample: "vi_objstm_linearized.pdf", pages: 2 },
];

// A word that every paper has: in the samples and in those made here.
export const wordInPapers = (folder) => (has(folder) ? "quy trình" : "phong hop");

export function papers(folder) {
  return wanted.map(({ name, sample, pages }) => ({
    name,
    title: name.replace(/\.pdf$/, ""),
    mimeType: "application/pdf",
    buffer: has(folder) ? readFileSync(join(folder, sample)) : pdf(pages),
  }));
}

const has = (folder) => Boolean(folder) && wanted.every(({ sample }) => existsSync(join(folder, sample)));

// A PDF of so many A4 pages in Helvetica.
function pdf(pages) {
  const objects = ["", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"];
  const kids = [];
  for (let page = 1; page <= pages; page += 1) {
    const lines = Array.from({ length: 24 }, (_, line) => `(${line + 1}. Quy che su dung phong hop, trang ${page}) Tj T*`);
    const content = `BT /F1 14 Tf 24 TL 72 760 Td\n${lines.join("\n")}\nET`;
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    const page_ = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length} 0 R`;
    objects.push(`${page_} /Resources << /Font << /F1 3 0 R >> >> >>`);
    kids.push(`${objects.length} 0 R`);
  }
  objects[0] = "<< /Type /Catalog /Pages 2 0 R >>";
  objects[1] = `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pages} >>`;
  let text = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(`${text}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`, "latin1");
}
