"""What the BPMN editor itself says, in Chinese; it speaks English for itself, and what is not here stays as it is."""

from collections.abc import Mapping

EVENTS = {"Message": "消息", "Timer": "定时", "Conditional": "条件", "Signal": "信号", "Error": "错误",
          "Escalation": "上报", "Compensation": "补偿", "Link": "链接", "Cancel": "取消", "Terminate": "终止"}
PLACES = {"start event": "开始事件", "end event": "结束事件", "intermediate catch event": "中间捕获事件",
          "intermediate throw event": "中间抛出事件", "boundary event": "边界事件"}
GENERAL = {
    "Activate hand tool": "手形工具", "Activate lasso tool": "套索工具",
    "Activate create/remove space tool": "增减空白工具", "Activate global connect tool": "连线工具",
    "Create start event": "添加开始事件", "Create end event": "添加结束事件",
    "Create intermediate/boundary event": "添加中间或边界事件", "Create gateway": "添加网关",
    "Create task": "添加任务", "Create expanded sub-process": "添加子流程",
    "Create data object reference": "添加数据对象", "Create data store reference": "添加数据存储",
    "Create pool/participant": "添加泳池", "Create group": "添加分组", "Append task": "接一个任务",
    "Append end event": "接结束事件", "Append gateway": "接网关",
    "Append intermediate/boundary event": "接中间或边界事件",
    "Append message intermediate catch event": "接消息等待", "Append timer intermediate catch event": "接定时等待",
    "Append conditional intermediate catch event": "接条件等待", "Append signal intermediate catch event": "接信号等待",
    "Append receive task": "接接收任务", "Append compensation activity": "接补偿活动",
    "Add text annotation": "加注释", "Connect to other element": "连到其他元素",
    "Connect using association": "用关联线连接", "Connect using data input association": "用数据线连接",
    "Change element": "改变类型", "Delete": "删除", "Remove": "删除", "Add lane above": "在前面加泳道",
    "Add lane below": "在后面加泳道", "Divide into two lanes": "分成两条泳道",
    "Divide into three lanes": "分成三条泳道", "Align elements": "对齐", "Align elements ": "对齐",
    "Distribute elements horizontally": "横向均匀分布", "Distribute elements vertically": "纵向均匀分布",
    "Align elements left": "左对齐", "Align elements right": "右对齐", "Align elements center": "左右居中",
    "Align elements top": "上对齐", "Align elements bottom": "下对齐", "Align elements middle": "上下居中",
    "Open {element}": "打开 {element}", "Loop": "循环", "Parallel multi-instance": "并行多实例",
    "Sequential multi-instance": "顺序多实例", "Participant multiplicity": "多个参与者", "Collection": "集合",
    "Toggle non-interrupting": "切换是否中断", "Search in diagram": "在图中查找", "Search": "查找",
    "Task": "任务", "User task": "人工任务", "Manual task": "手工任务", "Service task": "服务任务",
    "Send task": "发送任务", "Receive task": "接收任务", "Script task": "脚本任务",
    "Business rule task": "业务规则任务", "Call activity": "调用活动", "Sub-process": "子流程",
    "Sub-process (collapsed)": "子流程（收起）", "Sub-process (expanded)": "子流程（展开）",
    "Event sub-process": "事件子流程", "Transaction": "事务", "Ad-hoc sub-process": "特别子流程",
    "Ad-hoc sub-process (collapsed)": "特别子流程（收起）", "Ad-hoc sub-process (expanded)": "特别子流程（展开）",
    "Start event": "开始事件", "End event": "结束事件", "Intermediate throw event": "中间抛出事件",
    "Boundary event": "边界事件", "Exclusive gateway": "排他网关（选一条）", "Parallel gateway": "并行网关（同时走）",
    "Inclusive gateway": "包容网关", "Complex gateway": "复杂网关", "Event-based gateway": "事件网关",
    "Sequence flow": "顺序流", "Default flow": "默认流", "Conditional flow": "条件流",
    "Data object reference": "数据对象", "Data store reference": "数据存储",
    "Empty pool/participant": "空泳池", "Empty pool/participant (removes content)": "空泳池（内容会删除）",
    "Expanded pool/participant": "展开的泳池", "No start event": "普通开始事件"}
CHINESE: Mapping[str, str] = GENERAL | {f"{kind} {place}": f"{chinese}{where}" for kind, chinese in EVENTS.items()
                                        for place, where in PLACES.items()} | {
    f"{kind} {place} (non-interrupting)": f"{chinese}{PLACES[place]}（不中断）" for kind, chinese in EVENTS.items()
    for place in ("start event", "boundary event")}
