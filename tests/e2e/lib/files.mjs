// Real files as sellers have them, written by other people's libraries than the ones the program reads with.
import { closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ExcelJS from "exceljs";
import iconv from "iconv-lite";

/** The 64 columns of a Kuaishou shop export, in the shop's order of words. */
export const KUAISHOU = [
  "订单号",
  "赠品订单号",
  "活动订单编号",
  "订单创建时间",
  "订单支付时间",
  "预售定金支付时间",
  "订单状态",
  "实付款",
  "快递费",
  "店铺优惠",
  "平台补贴",
  "主播补贴",
  "混资活动优惠",
  "支付优惠",
  "支付方式",
  "成交数量",
  "买家留言",
  "账号类型",
  "账号明细",
  "订单备注",
  "旗帜颜色",
  "售后状态",
  "活动订单",
  "预售/承诺发货时间",
  "订单载体",
  "国补类型",
  "商品名称",
  "商品ID",
  "商品规格",
  "SKU编码",
  "商品单价",
  "渠道",
  "CPS达人ID",
  "CPS达人昵称",
  "预估推广佣金",
  "预估推广者分佣比例",
  "团长ID",
  "团长昵称",
  "快赚客ID",
  "快赚客昵称",
  "授权推广者ID",
  "授权推广者昵称",
  "收货人姓名",
  "收货人电话",
  "收货地址-省",
  "收货地址-市",
  "收货地址-区",
  "收货地址-街道",
  "收货地址",
  "发货时间",
  "快递公司",
  "快递单号",
  "物流信息",
  "集运类型",
  "直邮类型",
  "仓库名称",
  "仓库地址",
  "发货类型",
  "实名姓名",
  "服务门店ID",
  "服务门店名称",
  "服务门店地址",
  "国补/类国补/消费券",
  "订单销售主体",
];

const stamp = (d) => {
  const local = new Date(d.getTime() + 8 * 3600e3).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
};

/** One order as the export writes it. */
export function order(
  no,
  {
    title,
    price,
    sku = "",
    status = "待发货",
    paidHoursAgo = 2,
    shipInHours = null,
    note = "",
    aftersale = "",
    name = "张小凡",
    phone = "13800003318",
  },
) {
  const paid = new Date(Date.now() - paidHoursAgo * 3600e3);
  const cells = Object.fromEntries(KUAISHOU.map((h) => [h, ""]));
  return Object.assign(cells, {
    订单号: no,
    订单创建时间: stamp(new Date(paid.getTime() - 60e3)),
    订单支付时间:
      status === "待付款" || (status === "交易关闭" && !aftersale)
        ? "-"
        : stamp(paid),
    订单状态: status,
    实付款: `¥${price.toLocaleString("en-US", { minimumFractionDigits: 2 })}`,
    快递费: "￥0",
    成交数量: "1",
    订单备注: note,
    售后状态: aftersale,
    "预售/承诺发货时间":
      shipInHours === null
        ? "--"
        : stamp(new Date(Date.now() + shipInHours * 3600e3)),
    商品名称: title,
    SKU编码: sku,
    商品单价: `¥${price.toFixed(2)}`,
    收货人姓名: name,
    收货人电话: phone,
    "收货地址-省": "广东省",
    "收货地址-市": "东莞市",
    "收货地址-区": "南城街道",
    收货地址: "鸿福路 88 号 3 栋 1201",
    预估推广者分佣比例: "30.0%",
  });
}

/** Writes an xlsx; every cell a string unless it is given as a number. */
export async function xlsx(path, headers, rows) {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("Sheet1");
  sheet.addRow(headers);
  for (const row of rows) sheet.addRow(headers.map((h) => row[h] ?? ""));
  await book.xlsx.writeFile(path);
  return path;
}

/** Writes a csv in GB18030, as Excel on a Chinese Windows saves it. */
export function csv(path, headers, rows, encoding = "gb18030") {
  const cell = (v) =>
    /[",\n]/.test(String(v))
      ? `"${String(v).replaceAll('"', '""')}"`
      : String(v);
  const text = [headers, ...rows.map((r) => headers.map((h) => r[h] ?? ""))]
    .map((r) => r.map(cell).join(","))
    .join("\r\n");
  writeFileSync(path, iconv.encode(text + "\r\n", encoding));
  return path;
}

/** A valid IMEI from 14 digits. */
export function imei(body) {
  let sum = 0;
  [...body].forEach((c, i) => {
    const d = Number(c) * (i % 2 ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  });
  return body + ((10 - (sum % 10)) % 10);
}

/** A file of so many megabytes that holds nothing: its size is what is refused. Gives its path. */
export function bigFile(name, megabytes) {
  const path = join(tmpdir(), name);
  const file = openSync(path, "w");
  ftruncateSync(file, megabytes * 1024 * 1024);
  closeSync(file);
  return path;
}
