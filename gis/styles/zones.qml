<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28" styleCategories="Symbology">
 <renderer-v2 type="categorizedSymbol" attr="kind" forceraster="0" symbollevels="0" enableorderby="0">
  <categories>
   <category value="oil_local" label="oilfield crossover 油地交叉" symbol="0" render="true" type="string"/>
   <category value="fringe" label="fringe 城乡接合部" symbol="1" render="true" type="string"/>
   <category value="unit_surroundings" label="unit surroundings 驻区单位周边" symbol="2" render="true" type="string"/>
   <category value="back_lane" label="back lane 背街小巷" symbol="3" render="true" type="string"/>
  </categories>
  <symbols>
   <symbol name="0" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="140,81,10,255"/>
      <Option name="style" type="QString" value="dense6"/>
      <Option name="outline_color" type="QString" value="140,81,10,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.4"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="1" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="95,125,31,255"/>
      <Option name="style" type="QString" value="dense6"/>
      <Option name="outline_color" type="QString" value="95,125,31,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.4"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="2" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="107,91,149,255"/>
      <Option name="style" type="QString" value="dense6"/>
      <Option name="outline_color" type="QString" value="107,91,149,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.4"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
   <symbol name="3" type="fill" alpha="0.75" clip_to_extent="1" force_rhr="0">
    <layer class="SimpleFill" enabled="1" locked="0" pass="0">
     <Option type="Map">
      <Option name="color" type="QString" value="63,111,143,255"/>
      <Option name="style" type="QString" value="dense6"/>
      <Option name="outline_color" type="QString" value="63,111,143,255"/>
      <Option name="outline_style" type="QString" value="solid"/>
      <Option name="outline_width" type="QString" value="0.4"/>
      <Option name="outline_width_unit" type="QString" value="MM"/>
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
</qgis>
