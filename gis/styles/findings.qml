<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28" styleCategories="Symbology">
 <renderer-v2 type="categorizedSymbol" attr="class" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category value="void" label="void 真空" symbol="0" render="true" type="string"/>
   <category value="lapsed" label="lapsed 到期失效" symbol="1" render="true" type="string"/>
   <category value="leaderless" label="leaderless 有协无主" symbol="2" render="true" type="string"/>
   <category value="fallback_only" label="fallback only 仅兜底" symbol="3" render="true" type="string"/>
   <category value="contested" label="contested 交叉" symbol="4" render="true" type="string"/>
   <category value="not_passed_down" label="not passed down 未下沉" symbol="5" render="true" type="string"/>
   <category value="joint" label="joint 共管" symbol="6" render="true" type="string"/>
   <category value="sliver" label="sliver 碎缝" symbol="7" render="true" type="string"/>
  </categories>
  <symbols>
   <symbol name="0" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="213,94,0,255"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="1" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="240,185,58,255"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="2" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="230,159,0,255"/>
      <Option name="style" type="QString" value="dense4"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="3" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="86,180,233,255"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="4" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="170,51,119,255"/>
      <Option name="style" type="QString" value="b_diagonal"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="5" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="0,114,178,255"/>
      <Option name="style" type="QString" value="horizontal"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="6" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="0,158,115,255"/>
      <Option name="style" type="QString" value="diagonal_x"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="7" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="51,51,51,255"/>
      <Option name="style" type="QString" value="solid"/>
      <Option name="outline_color" type="QString" value="60,60,60,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.26"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
</qgis>
